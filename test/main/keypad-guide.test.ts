// What the keypad says and chooses on each screen, for someone who does not look at it.

import { test } from 'tap';
import { LANGUAGES, type ScreenModel, type UserInput } from '../../src/core/screens.ts';
import type { Utterance } from '../../src/device/sound/ports.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import { messagesFor } from '../../src/display/languages/language.ts';
import { sampleModels } from '../../src/display/samples.ts';
import { type Key, KeypadGuide, optionsOf } from '../../src/main/keypad-guide.ts';

const PANEL = { width: 1280, height: 800 };

/** A keypad that has been used, before one screen after the other. */
const listener = (first: ScreenModel) => {
  let model = first;
  const said: string[] = [];
  const sent: UserInput[] = [];
  const words = (utterances: readonly Utterance[]) => utterances.map(({ text }) => text).join(' ');
  const guide = new KeypadGuide({
    scene: () => buildScene(model, PANEL),
    model: () => model,
    sound: { speak: (utterances) => said.push(words(utterances)), setVolume: () => undefined, tone: () => undefined },
    send: (input) => {
      sent.push(input);
      // As the visit: a digit more on a pad.
      if (input.type === 'key' && /\d/.test(input.key) && 'entered' in model)
        model = { ...model, entered: model.entered + 1 } as ScreenModel;
    },
    mark: () => undefined,
    unmark: () => undefined,
    repeat: () => undefined,
    volume: () => 5,
  });
  guide.key('slash');
  return {
    /** What one key says, and what the visit gets of it. */
    press: (key: Key) => {
      said.length = 0;
      sent.length = 0;
      guide.key(key);
      return { said: said.join(' | '), sent: sent.at(-1) };
    },
    /** What is said after a screen's own words. */
    after: () => words(guide.after(model, buildScene(model, PANEL), 1)),
    show: (next: ScreenModel) => {
      model = next;
      guide.follow(next);
    },
  };
};

const sample = (name: string, language: ScreenModel['language'] = 'ja'): ScreenModel => {
  const model = sampleModels(language)[name];
  if (model === undefined) throw new Error(`no sample ${name}`);
  return model;
};

test('before the last try both ways are said, the safe one first, and its number leads to it', (t) => {
  const ear = listener(sample('pin-last-try'));
  t.match(ear.after(), /1番。 別の方法にする。 2番。 最後の 1 回を入力する。/);
  t.match(ear.press('1').said, /1番。 別の方法にする。 よければエンター/);
  t.same(ear.press('enter').sent, { type: 'press', element: 'back' });
  const english = listener(sample('pin-last-try', 'en'));
  t.match(english.after(), /Number 1. Choose another way. Number 2. Use the last try./);
  t.end();
});

test('the way back in the footer is said after the choices and shifts none of their numbers', (t) => {
  const ear = listener(sample('consent-items-surgery'));
  t.match(ear.after(), /1番。 同意する。 2番。 同意しない。 3番。 もどる。 4番。 ことばを選んでください。/);
  ear.press('3');
  t.same(ear.press('enter').sent, { type: 'press', element: 'back' });
  t.end();
});

test('every button of every screen of a patient has a number, or a key that the help names', (t) => {
  const named = ['cancel', 'repeat-speech'];
  const { help } = messagesFor('en').keypad;
  t.match(help, /Slash repeats.*To cancel, press the star key/);
  for (const language of LANGUAGES)
    for (const [name, model] of Object.entries(sampleModels(language))) {
      if (/^(technician|pin$|pin-(?!last)|staff-check)/.test(name)) continue;
      const scene = buildScene(model, PANEL);
      const numbered = optionsOf(model, scene).map(({ id }) => id);
      const left = scene.elements
        .filter(({ role, enabled, id }) => role === 'button' && enabled && !numbered.includes(id) && !named.includes(id))
        .map(({ id }) => id)
        // The technician's door, and Enter's own question of the last seconds.
        .filter((id) => id !== 'maintenance' && !(id === 'continue' && model.timeout?.asking === true));
      t.same(left, [], `${name} in ${language}`);
    }
  t.end();
});

test('a language can be chosen in the middle of a visit, and the languages left again, by numbers alone', (t) => {
  const ear = listener(sample('choose-method'));
  ear.press('4');
  t.same(ear.press('enter').sent, { type: 'press', element: 'choose-language' });
  ear.show(sample('choose-method-languages'));
  t.match(ear.after(), /1番。 日本語。 2番。 English\. 6番。 やさしい日本語。 7番。 もどる。/);
  t.end();
});

test('on the pad of the PIN the point key deletes a digit, leads back where there is none, and both are said', (t) => {
  const ear = listener(sample('pin'));
  t.match(ear.after(), /1つ消すときは、点のキーです。何も入力していないときは、点のキーでもどります。/);
  t.same(ear.press('backspace'), { said: '消しました。', sent: { type: 'key', key: 'backspace' } });
  ear.show({ ...sample('pin'), entered: 0 } as ScreenModel);
  t.same(ear.press('backspace'), { said: '', sent: { type: 'press', element: 'back' } });
  t.end();
});

test('while staff type their passcode, the patient hears only to wait: nothing of digits, Enter or the point key', (t) => {
  const typed = (entered: number): ScreenModel => ({ ...sample('staff-check'), entered }) as ScreenModel;
  const ear = listener(typed(0));
  t.equal(buildScene(typed(0), PANEL).speech, '係がお顔を確認します。そのままお待ちください。');
  t.equal(ear.after(), '');
  for (const [entered, key] of [
    [0, '7'],
    [3, '7'],
    [2, 'enter'],
    [4, 'enter'],
    [1, 'backspace'],
  ] as const) {
    ear.show(typed(entered));
    t.same(ear.press(key), { said: '', sent: { type: 'key', key } }, `${key} after ${entered} digits`);
  }
  ear.show(typed(0));
  t.same(ear.press('backspace'), { said: '', sent: { type: 'press', element: 'back' } }, 'the point key leads back from here too');
  t.end();
});

test('a wrong passcode is said in one sentence, and that it was the staff’s', (t) => {
  t.equal(buildScene(sample('staff-check-wrong'), PANEL).speech, '職員用の番号がちがいます。');
  t.equal(buildScene(sample('staff-check-wrong', 'en'), PANEL).speech, 'The staff passcode is wrong.');
  t.equal(listener(sample('staff-check-wrong')).after(), '');
  t.end();
});

test('after too many wrong passcodes the patient hears that there are other ways, and the number that leads to them', (t) => {
  const ear = listener(sample('staff-check-locked'));
  t.equal(buildScene(sample('staff-check-locked'), PANEL).speech, '職員用の番号がちがいます。別の方法で受付できます。');
  t.match(ear.after(), /^1番。 もどる。/);
  ear.press('1');
  t.same(ear.press('enter').sent, { type: 'press', element: 'back' });
  t.end();
});

test('the fourth digit of a PIN is told, and never which one', (t) => {
  const ear = listener({ ...sample('pin'), entered: 2 } as ScreenModel);
  t.equal(ear.press('6').said, '');
  t.equal(ear.press('6').said, '4けた入力しました。エンターを押してください。');
  t.end();
});
