// What is said and when: each screen as it appears, the last seconds of its countdown, and on the camera screen only
// hints that last, so that a moving head is not talked over. The newest words interrupt the older ones.

import type { Clock } from '../core/clock.ts';
import type { ScreenModel } from '../core/screens.ts';
import type { Sound, Utterance } from '../device/sound/ports.ts';
import { messagesFor } from '../display/languages/language.ts';
import type { Scene } from '../display/ports.ts';
import { guideCueOf } from './guide-cue.ts';

/** A hint is said when it has lasted this long, and not sooner after the one before. */
const HINT_LASTS_MS = 900;
const HINT_EVERY_MS = 3500;

export interface AnnouncerOptions {
  readonly sound: Sound;
  readonly clock: Clock;
  readonly scene: () => Scene;
  /** What is said after the screen's own words. */
  readonly after: (model: ScreenModel, scene: Scene) => readonly Utterance[];
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  #screen = '';
  #said = '';
  #asking = false;
  #hint: unknown;
  #hintSaidAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Called with every model, after the display was given it. */
  follow(model: ScreenModel): void {
    const { sound } = this.#options;
    sound.guide(guideCueOf(model));
    const { speech } = this.#options.scene();
    const asking = model.timeout?.asking === true;
    const asks = asking && !this.#asking;
    this.#asking = asking;
    const appeared = `${model.screen} ${model.language}` !== this.#screen;
    this.#screen = `${model.screen} ${model.language}`;
    if (asks && !appeared) {
      sound.speak([{ text: messagesFor(model.language).keypad.asking, language: model.language }]);
      return;
    }
    if (speech === this.#said && !appeared) return;
    // The card was taken while the result is being said: it is said to its end, and once.
    if (model.screen === 'done' && !appeared) return;
    if (model.screen === 'face' && !appeared) this.#hintLater(speech);
    else this.say(model);
  }

  /** Says the whole screen, from its beginning. */
  say(model: ScreenModel): void {
    const { sound, scene, after, clock } = this.#options;
    this.#cancelHint();
    const now = scene();
    this.#said = now.speech;
    this.#hintSaidAt = clock.monotonicMs();
    const own: Utterance[] = now.speech === '' ? [] : [{ text: now.speech, language: model.language }];
    sound.speak([...own, ...after(model, now)]);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelHint();
  }

  #cancelHint(): void {
    if (this.#hint !== undefined) this.#options.clock.clearTimeout(this.#hint);
    this.#hint = undefined;
  }

  /** Says the hint if it is still the hint when its time has come. */
  #hintLater(speech: string): void {
    const { clock, scene, sound } = this.#options;
    this.#cancelHint();
    const wait = Math.max(HINT_LASTS_MS, this.#hintSaidAt + HINT_EVERY_MS - clock.monotonicMs());
    this.#hint = clock.setTimeout(() => {
      this.#hint = undefined;
      const [screen, language] = this.#screen.split(' ');
      if (this.#stopped || screen !== 'face' || scene().speech !== speech) return;
      this.#said = speech;
      this.#hintSaidAt = clock.monotonicMs();
      sound.speak([{ text: speech, language: language as Utterance['language'] }]);
    }, wait);
  }
}
