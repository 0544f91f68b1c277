// A visit in each of the six languages in Debian's Chromium, by mouse on the live panel, touching only what the screen says in that language:
// buttons are found by their words, never by an id. What a patient is shown or told holds no kana where they read none.
// KAZASHI_SCREENSHOTS=DIR keeps the panel of every step.

import { chromium, type Page } from 'playwright-core';
import { test } from 'tap';
import { LANGUAGES, type Language } from '../../src/core/screens.ts';
import { LANGUAGE_NAMES, messagesFor } from '../../src/display/languages/language.ts';
import type { TwinState } from '../../src/twin/ports.ts';
import { Appliance } from '../journey/appliance.ts';
import { CHROMIUM, lookAt, open, QUIET, skip } from './twin-page.ts';

const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** The same in every language: the facility's own name, and the globe's ことば / Language, which leads everybody to their own. */
const OF_NO_LANGUAGE = new Set(['facility', 'choose-language']);
const READS_KANA: ReadonlySet<Language> = new Set(['ja', 'ja-simple']);
const PERSON = 'sato-haruka';

/** Where a line ends is the panel's business. */
const line = (text: string) => text.replace(/\s+/gu, '');

/** What stands on a screen or is said, and a patient of this language could not read. */
const foreign = (state: TwinState): string[] => {
  if (READS_KANA.has(state.language as Language)) return [];
  const shown = state.elements.filter(({ id }) => !OF_NO_LANGUAGE.has(id) && !id.startsWith('language-'));
  return [...shown.map(({ id, label }) => `${state.screen} ${id}: ${label}`), `${state.screen} speech: ${state.speech ?? ''}`].filter(
    (told) => KANA.test(told),
  );
};

/** A hand that finds what to press by its words alone. */
const patient = (page: Page, appliance: Appliance, language: Language) => {
  const found: string[] = [];
  let step = 0;
  const see = async (what: string, holds: (state: TwinState) => boolean): Promise<TwinState> => {
    const state = await appliance.until(`${what} in ${language}`, holds);
    found.push(...foreign(state));
    step += 1;
    await lookAt(page.locator('#screen'), `${language}-${step}-${state.screen}`);
    return state;
  };
  const shows = (text: string) => (state: TwinState) => state.elements.some(({ label }) => line(label).includes(line(text)));
  const touch = async (words: string): Promise<void> => {
    const said = (state: TwinState) =>
      state.elements.find(({ role, label, enabled }) => role === 'button' && enabled && line(label).startsWith(line(words)));
    const state = await appliance.until(`a button "${words}" in ${language}`, (now) => said(now) !== undefined);
    const rect = said(state)?.rect;
    const panel = await page.locator('#panel').boundingBox();
    if (rect === undefined || panel === null) throw new Error(`${words} is not to be seen`);
    const scale = panel.width / 1280;
    // A finger needs its time from one key to the next; the panel takes quicker ones for a bounce.
    await page.waitForTimeout(80);
    await page.mouse.click(panel.x + (rect.x + rect.width / 2) * scale, panel.y + (rect.y + rect.height / 2) * scale, { delay: 90 });
  };
  return { see, shows, touch, found };
};

test('whoever reads one of the six languages alone gets through a visit', { skip }, async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  t.teardown(() => browser.close());
  const { page, problems } = await open(browser, appliance, 'en-US');
  // The guide comes by itself, once the page is ready to show it.
  await page.locator('#guide[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#guide[open]').waitFor({ state: 'detached' });
  await appliance.screen('idle');
  for (const language of LANGUAGES) {
    await t.test(LANGUAGE_NAMES[language].replace('\n', ''), async (t) => {
      const words = messagesFor(language);
      const { see, shows, touch, found } = patient(page, appliance, language);
      const on = (screen: string, text: string) =>
        see(`${screen} "${text}"`, (state) => state.screen === screen && state.language === language && shows(text)(state));

      await touch(LANGUAGE_NAMES[language]);
      await on('idle', words.idle.title);
      await page.locator(`[data-card="${PERSON}"]`).click();
      await on('choose-method', words.method.title);
      await touch(words.method.pin);
      await on('pin', words.pin.title);
      for (const digit of '1243') await touch(digit);
      await touch(words.pin.enter);
      await on('pin', words.pin.triesLeft(2));
      for (const digit of '1234') await touch(digit);
      await touch(words.pin.enter);
      await on('consent', words.consent.title);
      await touch(words.consent.choose);
      await on('consent-items', words.items.titles['diagnosis-medication']);
      await touch(words.items.yes);
      await on('consent-items', words.items.titles.surgery);
      await touch(words.items.no);
      const done = await on('done', words.done['checked-in'].title);
      t.ok(shows(words.done.takeCard)(done), 'the card is asked for');
      t.ok(shows(words.done.given)(done) && shows(words.done.notGiven)(done), 'what was shared is told');
      await page.locator('#take').click();
      await appliance.until('idle in Japanese for the next patient', (state) => state.screen === 'idle' && state.language === 'ja');
      t.same(found, [], 'nothing that only readers of Japanese understand');
    });
  }
  t.equal((await appliance.visits()).length, LANGUAGES.length);
  t.same(problems, [], 'no error in the page');
});
