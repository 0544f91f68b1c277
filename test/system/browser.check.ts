// The two pages as a visitor sees them, in Debian's Chromium.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { test } from 'tap';
import { Appliance } from '../journey/appliance.ts';

const CHROMIUM = '/usr/bin/chromium';
const skip = existsSync(CHROMIUM) ? false : 'chromium is missing: apt-get install chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

test('a visitor checks a patient in with the mouse, and the terminal’s page shows it at once', { skip }, async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  t.teardown(() => browser.close());
  await appliance.screen('idle');

  const problems: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ja-JP' });
  const open = async (url: string) => {
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url);
    return page;
  };

  const terminal = await open(appliance.terminal);
  await terminal.getByRole('button', { name: 'システムの利用を始める' }).click();
  await terminal.locator('input[type=password]').fill('reception');
  await terminal.locator('input:not([type=password]):not([type=hidden]):not([type=checkbox])').first().fill('reception');
  await terminal.locator('button[type=submit]').first().click();
  await terminal.getByText('kiosk-1').first().waitFor();

  const twin = await open(appliance.twin);
  const guide = twin.locator('dialog[open] button').last();
  await guide.waitFor();
  await guide.click();
  /** A click where the panel shows the element. */
  const press = async (element: string) => {
    const { elements } = await appliance.until(element, (state) => state.elements.some(({ id, enabled }) => id === element && enabled));
    const rect = elements.find(({ id }) => id === element)?.rect;
    const panel = await twin.locator('#panel').boundingBox();
    if (rect === undefined || panel === null) throw new Error(`${element} is not to be seen`);
    const scale = panel.width / 1280;
    // A finger needs its time from one key to the next; the panel takes quicker ones for a bounce.
    await twin.waitForTimeout(80);
    await twin.mouse.click(panel.x + (rect.x + rect.width / 2) * scale, panel.y + (rect.y + rect.height / 2) * scale, { delay: 90 });
  };

  await twin.locator('#people button').first().click();
  await twin.locator('[data-card="sato-haruka"]').click();
  await press('method-face');
  // On a machine that is busy with other things too few pictures are looked at in time: the patient tries again, as often as the kiosk allows.
  while ((await appliance.screen('consent', 'face-retry')).screen === 'face-retry') {
    await press('retry');
    await appliance.screen('face', 'consent');
  }
  await press('consent-all');
  await appliance.screen('consent-items');
  await press('item-yes');
  await appliance.screen('done');
  await terminal.getByText('佐藤').first().waitFor();
  await twin.locator('#take').click();
  await appliance.screen('idle');

  await twin.locator('[data-card="suzuki-kenji"]').click();
  await press('method-pin');
  await appliance.screen('pin');
  for (const digit of '1234') await press(`key-${digit}`);
  await press('key-enter');
  await press('consent-none');
  await appliance.until('the next screen', ({ screen }) => screen !== 'consent');
  await appliance.consent();
  await appliance.screen('done');
  await terminal.getByText('鈴木').first().waitFor();
  t.same(problems, [], 'no error in either page');
  // The page's session is in use: this one takes over.
  t.equal((await appliance.login()).status, 409);
  t.equal((await appliance.login('reception', 'reception', true)).status, 200);
  const visits = await appliance.visits();
  t.same(
    visits.map(({ method }: { method: string }) => method),
    ['pin', 'face'],
  );
});
