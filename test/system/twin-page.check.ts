// The appliance's page judged by axe-core (WCAG 2.2 AA) in Debian's Chromium, on the way through a visit in Japanese and one in English,
// done with the keyboard alone. KAZASHI_SCREENSHOTS=DIR keeps what it looked like.

import { chromium, type Page } from 'playwright-core';
import { test } from 'tap';
import { Appliance } from '../journey/appliance.ts';
import { CHROMIUM, explain, judge, lookAt, open, QUIET, skip } from './twin-page.ts';

/** What is said stands below the kiosk: waits for the caption. */
const caption = async (page: Page, words: RegExp): Promise<string> => {
  const box = page.locator('#caption').filter({ hasText: words });
  await box.waitFor();
  return (await box.textContent()) ?? '';
};

/** Presses what has this name as a keyboard does: focus, then Enter. */
const enter = async (page: Page, selector: string): Promise<void> => {
  const button = page.locator(selector).first();
  await button.waitFor();
  await button.focus();
  await page.keyboard.press('Enter');
};

const visit = (locale: string, start: (page: Page, appliance: Appliance) => Promise<void>, says: { idle: RegExp; done: RegExp }) =>
  test(`the page passes WCAG 2.2 AA and a visit by keyboard works (${locale})`, { skip }, async (t) => {
    const appliance = await Appliance.start();
    t.teardown(() => appliance.stop());
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    t.teardown(() => browser.close());
    await appliance.screen('idle');
    const { page, problems } = await open(browser, appliance, locale);
    const guide = page.locator('#guide[open]').waitFor();
    await guide.catch(async () => t.comment(await explain(page, appliance, problems)));
    await guide;
    t.same(await judge(page), [], 'the guide');
    await page.keyboard.press('Escape');
    await page.locator('#guide[open]').waitFor({ state: 'hidden' });
    await page.locator('#people button').first().waitFor();
    await start(page, appliance);
    await enter(page, '#speaker');
    t.match(await caption(page, says.idle), says.idle, 'what is said stands below the kiosk');
    t.same(await judge(page), [], 'idle');
    await lookAt(page, `${locale}-1-idle`);
    await enter(page, '#people button');
    await enter(page, '[data-card="sato-haruka"]');
    await appliance.screen('choose-method');
    await lookAt(page, `${locale}-2-method`);
    await enter(page, '[data-element="method-pin"]');
    await appliance.screen('pin');
    t.same(await judge(page), [], 'PIN');
    // Digits of the computer's keyboard are the kiosk's keypad.
    await page.keyboard.type('1234');
    await caption(page, /4けた入力しました|Four digits entered/);
    await lookAt(page, `${locale}-3-pin`);
    await enter(page, '[data-element="key-enter"]');
    await appliance.screen('consent');
    t.same(await judge(page), [], 'consent');
    await lookAt(page, `${locale}-4-consent`);
    await enter(page, '[data-element="consent-none"]');
    await appliance.screen('done');
    t.match(await caption(page, says.done), says.done);
    t.same(await judge(page), [], 'done');
    await lookAt(page, `${locale}-5-done`);
    await enter(page, '#take');
    await appliance.screen('idle');
    await enter(page, '#wallet button:last-of-type');
    if (await page.locator('#maker[open]').isVisible()) {
      t.same(await judge(page), [], 'the maker of cards');
      await lookAt(page, `${locale}-6-maker`);
    }
    t.same(problems, [], 'no error in the page');
  });

void visit('ja-JP', async () => undefined, { idle: /マイナンバーカードを置いてください/, done: /受付が完了しました/ });
void visit(
  'en-US',
  async (page, appliance) => {
    await enter(page, '[data-element="language-en"]');
    await appliance.until('English', (state) => state.language === 'en');
    await caption(page, /Please place/);
  },
  { idle: /Please place your My Number Card/, done: /checked in|check-in is complete/i },
);
