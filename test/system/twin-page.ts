// What the checks of the appliance's page share: Debian's Chromium, the judge of WCAG 2.2 AA, and pictures to look at.

import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Appliance } from '../journey/appliance.ts';

export const CHROMIUM = '/usr/bin/chromium';
export const skip = existsSync(CHROMIUM) ? false : 'chromium is missing: apt-get install chromium';
export const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required',
]; // biome-ignore format: one list
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
export const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const { KAZASHI_SCREENSHOTS: pictures } = process.env;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Every violation as one line; none is the only good answer. */
export const judge = async (page: Page): Promise<string[]> => {
  const found = await page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ runOnly: { type: 'tag', values: tags } })).violations;
  }, WCAG);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`));
};

/** What a page that waits in vain may wait: a slow machine is no fault of the page. */
const PATIENCE_MS = 120_000;

export const open = async (browser: Browser, appliance: Appliance, locale: string): Promise<{ page: Page; problems: string[] }> => {
  // The page's own rules forbid foreign scripts; the judge is let in.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale, bypassCSP: true });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(appliance.twin);
  await page.addScriptTag({ path: AXE });
  return { page, problems };
};

/** What a page knew and what the appliance was at, for a failure that happens on one machine only. */
export const explain = async (page: Page, appliance: Appliance, problems: readonly string[]): Promise<string> => {
  // A text, since this build's helpers do not exist in the page.
  const knew = page.evaluate<string>(`import('/assets/store.js').then(({ store }) => JSON.stringify({
    screen: store.state?.screen, online: store.online, facts: store.twin !== undefined,
    fetched: performance.getEntriesByType('resource').map(({ name, duration }) => name.split('/').pop() + ' ' + Math.round(duration) + ' ms'),
  }))`);
  const is = appliance.state().then(({ screen, uplink }) => JSON.stringify({ screen, uplink }));
  const said = await Promise.all([knew, is].map((answer) => answer.catch((error: Error) => error.message)));
  return [`page ${said[0]}`, `appliance ${said[1]}`, ...problems].join('\n');
};

/** Keeps a picture under KAZASHI_SCREENSHOTS, where that is named. */
export const lookAt = async (what: Page | Locator, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await what.screenshot({ path: join(pictures, `${name}.png`) });
};
