// The numeric keypad on every screen, for someone who does not look at it: a number reads out what it does and marks it,
// Enter chooses it. On a pad of four digits the numbers are the digits and nothing about them is said; on the staff's nothing at all.
// Decides only what is said and which input the visit gets; which choices there are is the scene's word.

import { type ElementId, LANGUAGES, type ScreenModel, SPOKEN_LANGUAGES, type UserInput } from '../core/screens.ts';
import { MAX_VOLUME, type Sound, type Tone, type Utterance } from '../device/sound/ports.ts';
import { LANGUAGE_NAMES, messagesFor } from '../display/languages/language.ts';
import type { Scene, SceneElement } from '../display/ports.ts';
import { surroundingsOf } from '../display/screens/frame.ts';
import { spoken } from '../display/text/speech.ts';

export type Key = Extract<UserInput, { type: 'key' }>['key'];

export interface KeypadWorld {
  readonly scene: () => Scene;
  readonly model: () => ScreenModel;
  readonly sound: Pick<Sound, 'speak' | 'setVolume'> & { tone(tone: Tone): void };
  /** To the visit. */
  readonly send: (input: UserInput) => void;
  /** Shows on the panel what is marked. */
  readonly mark: (element: string) => void;
  readonly unmark: () => void;
  /** Says the whole screen again. */
  readonly repeat: () => void;
  /** Loudness after every start and every visit. */
  readonly volume: () => number;
}

/** What has a key of its own, is staff's, or only turns pages of what is said at once. */
const NOT_NUMBERED: readonly string[] = [
  'repeat-speech',
  'maintenance',
  'next-sentence',
  'cancel',
  'key-clear',
  'key-backspace',
  'key-enter',
] satisfies ElementId[];
/** Where numbers are digits: the patient's pad, and the staff's until too many wrong passcodes have closed it. */
const isPad = (model: ScreenModel): boolean => model.screen === 'pin' || (model.screen === 'staff-check' && !model.locked);

/** Beside the choices of a screen: they come after these, and shift no number. A way back among the choices keeps its place. */
const isBeside = ({ id }: SceneElement, model: ScreenModel): boolean =>
  id === 'choose-language' || (id === 'back' && surroundingsOf(model).footer.includes('back'));

/** What the numbers from 1 choose, in the order of the screen. The question of the last seconds is Enter's and shifts no number. */
export const optionsOf = (model: ScreenModel, { elements }: Scene): SceneElement[] => {
  const goOn = model.timeout?.asking === true ? elements.find(({ id }) => id === 'continue') : undefined;
  const all = elements
    .filter(({ role, enabled }) => role === 'button' && enabled)
    .filter((element) => element !== goOn && !NOT_NUMBERED.includes(element.id) && !element.id.startsWith('key-'));
  const beside = all.filter((element) => isBeside(element, model)).sort((a, b) => a.id.localeCompare(b.id));
  return [...all.filter((element) => !beside.includes(element)), ...beside].slice(0, 9);
};

/** A language that nothing can be said in is no choice for someone who listens. */
const isUnspoken = ({ id }: SceneElement): boolean =>
  LANGUAGES.some((name) => id === `language-${name}` && !SPOKEN_LANGUAGES.includes(name));

/** The button of the languages is drawn in two of them at once, and said in the one that is heard. */
const nameOf = ({ id, label }: SceneElement, model: ScreenModel): string =>
  id === 'choose-language' && model.choosingLanguage === undefined
    ? messagesFor(model.language).header.chooseLanguage
    : label.replaceAll('\n', ' ');

/** A choice as it is said: its number, then its name; a language in itself. */
export const namedOption = (option: SceneElement, number: number, model: ScreenModel): Utterance[] => {
  const { language } = model;
  const own = LANGUAGES.find((name) => option.id === `language-${name}`);
  const named = own ?? language;
  return [
    { text: spoken(messagesFor(language).keypad.option(number), language), language },
    {
      text: spoken(own === undefined ? nameOf(option, model) : LANGUAGE_NAMES[own].replaceAll('\n', ''), named),
      language: named,
    },
  ];
};

export class KeypadGuide {
  readonly #world: KeypadWorld;
  #used = false;
  #marked: string | undefined;
  #volume: number;
  #screen = '';

  constructor(world: KeypadWorld) {
    this.#world = world;
    this.#volume = world.volume();
  }

  /** Somebody uses the keypad: every screen is said with its choices. */
  get used(): boolean {
    return this.#used;
  }

  /** What is said after a screen's own words. `keypads` = how many keypads are plugged in. */
  after(model: ScreenModel, scene: Scene, keypads: number): Utterance[] {
    const words = messagesFor(model.language).keypad;
    const say = (text: string): Utterance => ({ text, language: model.language });
    if (!this.#used) return keypads > 0 && OFFERED.includes(model.screen) ? [say(words.offer)] : [];
    // How staff enter their passcode stands on the screen: told to the patient, it would ask for the patient's own PIN.
    if (isPad(model)) return model.screen === 'pin' ? [say(words.pin)] : [];
    // Whoever looks for the camera hears where it is, and the guide moves on by itself; the choices are read on 0.
    if (ON_DEMAND.includes(model.screen)) return [];
    return this.#choices(model, scene);
  }

  /** A new screen: nothing is marked; at rest the keypad and its loudness are the next person's. */
  follow(model: ScreenModel): void {
    const screen = JSON.stringify([model.screen, 'question' in model ? model.question : '', 'wrong' in model ? model.wrong : '']);
    if (screen === this.#screen) return;
    const visitOver =
      model.screen === 'idle' && this.#screen !== '' && !this.#screen.startsWith('["idle"') && !this.#screen.startsWith('["how-to"');
    this.#screen = screen;
    this.#unmark();
    if (!visitOver) return;
    this.#used = false;
    this.#volume = this.#world.volume();
    this.#world.sound.setVolume(this.#volume);
  }

  key(key: Key): void {
    const shown = this.#world.model();
    const first = !this.#used;
    this.#used = true;
    // The visit hears of every key: somebody is there. What a key decides is sent as a press.
    this.#world.send(this.#meaning(key, shown, first));
    this.#sayWhenFull(shown);
  }

  /** Does what a key does here; answers what the visit gets. */
  #meaning(key: Key, shown: ScreenModel, first: boolean): UserInput {
    const scene = this.#world.scene();
    if (key === 'backspace') return this.#back(shown, scene);
    if (key === 'enter') return this.#enter(shown, scene, first);
    if (key === 'plus' || key === 'minus') this.#louder(key === 'plus' ? 1 : -1);
    else if (key === 'slash') this.#world.repeat();
    else if (key === 'escape') this.#markCancel(scene);
    else if (isPad(shown)) {
      this.#unmark();
      return { type: 'key', key };
    } else {
      this.#world.sound.tone('key');
      if (key === '0') this.#help(shown, scene);
      else this.#markOption(Number(key), shown, scene);
    }
    return PRESENT;
  }

  #say(text: string): void {
    this.#world.sound.speak([{ text, language: this.#world.model().language }]);
  }

  #words() {
    return messagesFor(this.#world.model().language).keypad;
  }

  #choices(model: ScreenModel, scene: Scene): Utterance[] {
    const options = optionsOf(model, scene);
    if (options.length === 0) return [];
    const read = options.flatMap((option, i) => (isUnspoken(option) ? [] : namedOption(option, i + 1, model)));
    return [...read, { text: this.#words().choose, language: model.language }];
  }

  #help(model: ScreenModel, scene: Scene): void {
    const words = this.#words();
    this.#world.sound.speak([{ text: words.help, language: model.language }, ...this.#choices(model, scene)]);
  }

  #markOption(number: number, model: ScreenModel, scene: Scene): void {
    const option = optionsOf(model, scene)[number - 1];
    this.#unmark();
    if (option === undefined) {
      this.#say(this.#words().noOption);
      return;
    }
    if (isUnspoken(option)) {
      // Chosen, it would say nothing any more: whoever listens is told so, in a language that is heard, and stays.
      this.#say(this.#words().noVoice);
      return;
    }
    this.#mark(option.id);
    this.#world.sound.speak([...namedOption(option, number, model), { text: this.#words().confirm, language: model.language }]);
  }

  #markCancel(scene: Scene): void {
    if (!canPress(scene, 'cancel')) {
      this.#world.repeat();
      return;
    }
    this.#mark('cancel');
    this.#say(this.#words().cancel);
  }

  #mark(element: string): void {
    this.#marked = element;
    this.#world.mark(element);
  }

  #unmark(): void {
    if (this.#marked === undefined) return;
    this.#marked = undefined;
    this.#world.unmark();
  }

  #enter(model: ScreenModel, scene: Scene, first: boolean): UserInput {
    const marked = this.#marked;
    this.#unmark();
    if (marked !== undefined && canPress(scene, marked)) return { type: 'press', element: marked as ElementId };
    if (model.screen === 'pin' && model.entered < model.length) this.#say(this.#words().more(model.entered));
    else if (first && !isPad(model)) this.#world.repeat();
    return { type: 'key', key: 'enter' };
  }

  /** Deletes a digit; where there is none, it leads back. */
  #back(model: ScreenModel, scene: Scene): UserInput {
    this.#unmark();
    if (isPad(model) && 'entered' in model && model.entered > 0) {
      if (model.screen === 'pin') this.#say(this.#words().cleared);
      return { type: 'key', key: 'backspace' };
    }
    return canPress(scene, 'back') ? { type: 'press', element: 'back' } : PRESENT;
  }

  /** The fourth digit is told, never which one. */
  #sayWhenFull(before: ScreenModel): void {
    const now = this.#world.model();
    if (now.screen !== 'pin' || before.screen !== 'pin') return;
    if (now.entered === now.length && before.entered < now.entered) this.#say(this.#words().full);
  }

  #louder(step: 1 | -1): void {
    const { sound } = this.#world;
    // Never quite silent by a patient's hand: the way back must be heard.
    this.#volume = Math.max(1, Math.min(MAX_VOLUME, this.#volume + step));
    sound.setVolume(this.#volume);
    this.#say(this.#words().volume(this.#volume));
  }
}

/** Says to the visit that somebody is there, and nothing else. */
export const PRESENT: UserInput = { type: 'key', key: 'slash' };

const canPress = ({ elements }: Scene, id: string): boolean => elements.some((element) => element.id === id && element.enabled);

/** Screens on which a person who cannot see learns that there is a keypad. */
const OFFERED: readonly string[] = ['reading-card', 'choose-method', 'idle'];

/** Screens whose choices are said only when they are asked for. */
const ON_DEMAND: readonly string[] = ['face', 'idle', 'how-to'];
