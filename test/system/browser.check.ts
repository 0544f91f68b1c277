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
  const open = async (url: string) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url);
    return page;
  };

  const terminal = await open(appliance.terminal);
  await terminal.locator('input[type=password]').fill('reception');
  await terminal.locator('input:not([type=password]):not([type=hidden]):not([type=checkbox])').first().fill('reception');
  await terminal.locator('button[type=submit]').first().click();
  await terminal.getByText('kiosk-1').first().waitFor();

  const twin = await open(appliance.twin);
  await twin.getByText('sato-haruka').or(twin.getByText('佐藤')).first().waitFor();
  await appliance.place('sato-haruka');
  await appliance.press('method-pin');
  await appliance.typePin('1234');
  await appliance.consent();
  await appliance.screen('done');

  await terminal.getByText('佐藤').first().waitFor();
  t.same(problems, [], 'no error in either page');
  await appliance.take();
  await appliance.screen('idle');
});
