// Every sentence the kiosk can say in a language: of every screen, every choice of the keypad, every word about them.

import { LANGUAGES, type Language, type ScreenModel } from '../../src/core/screens.ts';
import type { Utterance } from '../../src/device/sound/ports.ts';
import { bySentence } from '../../src/device/sound/sentences.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import { messagesFor } from '../../src/display/languages/language.ts';
import { sampleModels } from '../../src/display/samples.ts';
import { namedOption, optionsOf } from '../../src/main/keypad-guide.ts';

const PANEL = { width: 1280, height: 800 };

const modelsOf = (language: Language): readonly ScreenModel[] => {
  const samples = sampleModels(language);
  const more: ScreenModel[] = [1, 2, 3].map((triesLeft) => ({
    language, screen: 'pin', entered: 0, length: 4, triesLeft, wrong: true, checking: false,
  })); // biome-ignore format: one model
  const letters: ScreenModel = {
    language,
    screen: 'done',
    checkIn: 'checked-in',
    number: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
    shared: [],
  };
  const modes = (['large', 'contrast'] as const).map((mode): ScreenModel => ({ language, mode, screen: 'idle', languages: LANGUAGES }));
  return [...Object.values(samples), ...more, ...modes, letters];
};

const keypadWords = (language: Language): string[] => {
  const { keypad } = messagesFor(language);
  return Object.values(keypad).flatMap((word): string[] => {
    if (typeof word === 'string') return [word];
    if (word === keypad.volume) return Array.from({ length: 10 }, (_, i) => word(i + 1));
    return word === keypad.more ? [0, 1, 2, 3].map(word) : [];
  });
};

/** Sentences by language: a choice of another language is said in that language. */
export const everySentence = (): ReadonlyMap<Language, readonly string[]> => {
  const found = new Map<Language, Set<string>>(LANGUAGES.map((language) => [language, new Set()]));
  const add = (utterances: readonly Utterance[]): void => {
    for (const { text, language } of bySentence(utterances)) found.get(language)?.add(text);
  };
  for (const language of LANGUAGES) {
    for (const model of modelsOf(language)) {
      const scene = buildScene(model, PANEL);
      add([{ text: scene.speech, language }]);
      for (const option of optionsOf(model, scene)) add(namedOption(option, 1, model));
      for (let number = 1; number <= 9; number += 1) {
        const [any] = optionsOf(model, scene);
        if (any !== undefined) add(namedOption(any, number, model));
      }
    }
    for (const text of keypadWords(language)) add([{ text: `${text}\n`, language }]);
  }
  return new Map([...found].map(([language, sentences]) => [language, [...sentences].sort()]));
};
