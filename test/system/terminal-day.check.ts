// The reception's page through a working day, in a real browser: twelve hours of visits, a program that starts again, staff who look
// elsewhere, consents that end, and at last nobody there. The terminal's own HTTP side answers; the hours pass on clocks the test moves.

import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { type Test, test } from 'tap';
import { office } from '../terminal/fixtures/office.ts';
import { HOUR, handClock, NOON, temporary, visit } from '../terminal/fixtures/site.ts';

const CHROMIUM = '/usr/bin/chromium';
const skip = existsSync(CHROMIUM) ? false : 'chromium is missing: apt-get install chromium';
const MINUTE = 60_000;
const OPENING = NOON - 4 * HOUR;

const listen = (app: FastifyInstance, port = 0): Promise<string> => app.listen({ host: '127.0.0.1', port });

/** What staff would hear and see over other windows, written down instead; the window is behind another one. */
const BEHIND = `
  window.sounds = 0; window.shown = [];
  document.hasFocus = () => false;
  window.AudioContext = class extends AudioContext { constructor() { super(); window.sounds += 1; } };
  window.Notification = class extends EventTarget {
    static permission = 'granted'; static requestPermission = async () => 'granted';
    constructor(title, options) { super(); window.shown.push({ title, ...options }); }
    close() {}
  };
`;

const held = async (page: Page, session: CDPSession): Promise<{ nodes: number; listeners: number; heapMB: number }> => {
  await page.requestGC();
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heapMB: of('JSHeapUsedSize') / 2 ** 20 };
};

/** A page of the doctor at a reception that opens. */
const open = async (t: Test) => {
  const directory = temporary(t);
  const clinic = handClock(OPENING);
  let desk = await office(t, undefined, false, clinic, directory);
  const url = await listen(desk.app);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--lang=ja'] });
  t.teardown(() => browser.close());
  const page = await (
    await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' })
  ).newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addInitScript(BEHIND);
  await page.clock.install({ time: OPENING });
  await page.clock.pauseAt(OPENING + 1000);
  await page.goto(url);
  await page.getByRole('button', { name: 'システムの利用を始める' }).click();
  await page.getByLabel('ID').fill('doctor');
  await page.getByLabel('パスワード').fill('consulting-room');
  await page.getByRole('button', { name: 'ログイン', exact: true }).click();
  await page.getByRole('heading', { name: '今日の受付はまだありません' }).waitFor();
  return {
    page,
    errors,
    clinic,
    /** Time passes on both sides. */
    pass: async (ms: number): Promise<void> => {
      clinic.pass(ms);
      await page.clock.fastForward(ms);
    },
    /** Does what makes the page tell of operation; the program must have heard of it before time passes there, or it counts as later, or too late. */
    told: async (what: () => Promise<void>): Promise<void> => {
      const heard = page.waitForResponse('**/api/session/continue');
      await what();
      await heard;
    },
    /** A visit that ended `before` milliseconds ago arrives; answers its number. */
    arrive: async (before = 0): Promise<string> => {
      const { visit: stored } = await desk.store(visit({}, clinic.clock.now() - before));
      if (stored === undefined) throw new Error('the visit was not taken');
      desk.hub.emit({ type: 'visit', visit: stored });
      return stored.number;
    },
    // Not waitForFunction: asked again, a text is evaluated in the page, which the page's content security policy refuses.
    seen: (number: string) =>
      page
        .locator('tr.visit .number', { hasText: new RegExp(`^${number}$`) })
        .first()
        .waitFor({ state: 'attached' }),
    /** The terminal's program ends, `during` happens, and it starts again. */
    restart: async (during: () => Promise<void>): Promise<void> => {
      await desk.app.close();
      await during();
      desk = await office(t, undefined, true, clinic, directory);
      await desk.store(visit({}, clinic.clock.now()));
      await listen(desk.app, Number(new URL(url).port));
    },
  };
};

test('a page open all day shows every visit, and holds no more in the evening than in the morning', {
  skip,
  timeout: 480_000,
}, async (t) => {
  const { page, errors, pass, told, arrive, seen, restart } = await open(t);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const rows = () => page.locator('tr.visit').count();
  const count = () => page.locator('.title .count').textContent();

  await t.test('one visit rings and is notified at once; a hundred at once ring once, and are told together', async (t) => {
    const first = await arrive();
    await page.clock.runFor(100);
    await seen(first);
    t.strictSame(await page.evaluate('window.sounds'), 1);
    t.match(await page.evaluate('window.shown'), [{ title: /受付番号1番/, tag: 'kazashi', renotify: true }]);
    t.notMatch(JSON.stringify(await page.evaluate('window.shown')), /架空/, 'no name stands over other windows');
    t.match(await page.title(), /^\(1\) /);
    let last = '';
    for (let n = 0; n < 100; n += 1) last = await arrive();
    for (const until = Date.now() + 60_000; !(await page.title()).startsWith('(101)') && Date.now() < until; ) await after(20);
    t.match(await page.title(), /^\(101\) /);
    await page.clock.runFor(100);
    await seen(last);
    await page.clock.runFor(2000);
    t.equal(await page.evaluate('window.sounds'), 2);
    t.match(await page.evaluate('window.shown.length'), 2);
    await page.evaluate('window.dispatchEvent(new Event("focus"))');
    t.equal(await page.title(), '資格確認端末');
  });

  await t.test('turned off, it neither rings nor notifies', async (t) => {
    const bell = page.getByRole('button', { name: /^音と通知/ });
    await bell.click();
    const before = [await page.evaluate('window.sounds'), await page.evaluate('window.shown.length')];
    const number = await arrive();
    await page.clock.runFor(2000);
    await seen(number);
    t.strictSame([await page.evaluate('window.sounds'), await page.evaluate('window.shown.length')], before);
    await bell.click();
  });

  await t.test('twelve hours with five hundred visits and a press now and then', { timeout: 400_000 }, async (t) => {
    const morning = await held(page, session);
    const nine = await rows();
    let last = '';
    for (let quarter = 1; quarter <= 12 * 4; quarter += 1) {
      for (let n = 0; n < 10; n += 1) last = await arrive();
      await told(async () => {
        await pass(15 * MINUTE);
        await page.keyboard.press('Shift');
      });
      if (quarter !== 6 * 4) continue;
      // The program starts again at noon: the page finds it by itself.
      const unheard = page.getByText('この画面に新しい受付が届いていません', { exact: false });
      await restart(() => unheard.waitFor());
      await unheard.waitFor({ state: 'hidden' });
    }
    await page.clock.runFor(1000);
    await seen(last);
    t.match(
      await count(),
      new RegExp(`^${(102 + 12 * 4 * 10 + 1).toLocaleString('ja-JP')}件`),
      'none is missing, the one of the gap neither',
    );
    t.ok((await rows()) <= 400, `${await rows()} rows after ${nine}`);
    const evening = await held(page, session);
    const share = (await rows()) / nine;
    t.comment(JSON.stringify({ morning, evening, rows: [nine, await rows()] }));
    t.ok(evening.nodes < 1.2 * share * morning.nodes, 'no more nodes than its rows need');
    t.ok(evening.listeners < 1.2 * share * morning.listeners, 'no more listeners than its rows need');
  });

  t.strictSame(errors, [], 'no error in the page');
});

test('a page that nobody touches: a consent ends at its minute, and 30 minutes log off, however many visits arrive', {
  skip,
  timeout: 240_000,
}, async (t) => {
  const { page, errors, clinic, pass, told, arrive } = await open(t);
  await arrive(24 * HOUR - 10 * MINUTE);
  await page.getByRole('link', { name: '同意済み患者' }).click();
  await page.getByRole('button', { name: '薬剤', exact: true }).click();
  const read = page.getByRole('heading', { name: /薬剤情報$/ });
  await read.waitFor();
  // The last press is told to the program within a minute.
  await told(() => pass(MINUTE + 1000));
  await pass(9 * MINUTE - 6000);
  t.equal(await read.count(), 1, 'five seconds before');
  await pass(5000);
  await page.getByText('同意から24時間が過ぎたため、表示を終わりました。').waitFor();
  t.equal(await read.count(), 0);
  await page.getByRole('heading', { name: '今閲覧できる患者さんはいません' }).waitFor();

  const lines = page.locator('.list-of-patients tbody tr');
  for (let n = 1; n <= 9; n += 1) {
    await arrive();
    clinic.pass(1000);
    // The page gathers arrivals on its own clock, which must run on until this one has come over the wire.
    await page.clock.runFor(1000);
    const before = Date.now();
    while ((await lines.count()) < n && Date.now() - before < 60_000) await page.clock.runFor(100);
    if ((await lines.count()) < n) throw new Error(`visit ${n} never came into the list: ${await page.locator('main').textContent()}`);
    await pass(2 * MINUTE - 1000);
  }
  await page.getByRole('heading', { name: 'まもなくログアウトします' }).waitFor();
  await pass(3 * MINUTE + 5000);
  const over = page.getByText('30分間操作がなかったため、ログアウトしました');
  // The page asks the program every second from now on.
  for (let second = 0; second < 60 && (await over.count()) === 0; second += 1) await page.clock.runFor(1000);
  t.equal(await over.count(), 1, 'the page says why it is at the login');
  t.equal(await lines.count(), 0, 'nobody’s name is left on the screen');
  t.strictSame(errors, [], 'no error in the page');
});
