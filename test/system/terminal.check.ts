// The guide's flows at the reception terminal, in order, in a real browser on the whole appliance: login, live reception, approval by
// looking, history, insurance numbers, medical information, help, administration; each page judged for accessibility by axe-core.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Test, test } from 'tap';
import { Appliance } from '../journey/appliance.ts';

const CHROMIUM = '/usr/bin/chromium';
const { KAZASHI_PICTURES: PICTURES } = process.env;
const PERSON = 'sato-haruka';

const judge = async (t: Test, page: Page, what: string): Promise<void> => {
  // The page's own policy runs nothing of others: the judge is put in by the browser's debugger, which is not the page.
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(' | ')))`,
  )) as string[];
  t.strictSame(found, [], `${what}: WCAG 2.2 AA`);
  if (PICTURES !== undefined) {
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `terminal-${what}.png`) });
  }
  // Nothing lies beyond the edge of a small screen, nor of one at 400 % (WCAG 1.4.10).
  for (const width of [1024, 640, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    t.equal(beyond, 0, `${what}: ${width} px wide`);
  }
  await screenAgain(page);
};

/** The page as it is printed on A4 with its margins. */
const paper = async (page: Page, what: string): Promise<void> => {
  await page.setViewportSize({ width: 688, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `terminal-print-${what}.png`), fullPage: true });
};
const screenAgain = async (page: Page): Promise<void> => {
  await page.emulateMedia({ media: null });
  await page.setViewportSize({ width: 1280, height: 800 });
};

const login = async (page: Page, id: string, password: string): Promise<void> => {
  await page.getByRole('button', { name: 'システムの利用を始める' }).click();
  await page.getByLabel('ID').fill(id);
  await page.getByLabel('パスワード').fill(password);
  await page.getByRole('button', { name: 'ログイン', exact: true }).click();
};

test('every flow of the guide, in order', { skip: existsSync(CHROMIUM) ? false : 'install chromium', timeout: 900_000 }, async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic']; // biome-ignore format: one list
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: flags });
  t.teardown(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(appliance.terminal);

  await t.test('login: the start, a second login that has to be forced', async (t) => {
    await page.getByRole('button', { name: 'システムの利用を始める' }).waitFor();
    await judge(t, page, 'start');
    await login(page, 'reception', 'wrong-password');
    await page.getByText('IDまたはパスワードが違います').waitFor();
    await appliance.login();
    await page.getByLabel('パスワード').fill('reception');
    await page.getByRole('button', { name: 'ログイン', exact: true }).click();
    await page.getByText('強制的にログインしますか？', { exact: false }).first().waitFor();
    await judge(t, page, 'forced');
    await page.getByRole('button', { name: '強制的にログインする' }).click();
    await page.getByRole('heading', { name: '今日の受付', exact: true }).waitFor();
  });

  await t.test('live reception: a look is asked for and approved here, and the visit appears with its number', async (t) => {
    await appliance.screen('idle');
    await appliance.place(PERSON);
    await appliance.press('method-staff');
    const approve = page.getByRole('button', { name: '本人と確認した' });
    await approve.waitFor();
    t.ok(await page.getByText('佐藤　遥 さんが').isVisible());
    t.ok(await page.getByText('理由: 患者さんが職員による確認を選びました').isVisible());
    await judge(t, page, 'look');
    await appliance.press('back');
    await approve.waitFor({ state: 'detached' });
    await appliance.press('method-staff');
    await approve.focus();
    await page.keyboard.press('Enter');
    await appliance.consent();
    const done = await appliance.screen('done');
    await page.locator('tr.visit').first().waitFor();
    const number = (await page.locator('tr.visit .number').first().textContent()) ?? 'none';
    t.ok(
      done.elements.some((one) => one.label.includes(number)),
      'the patient reads the same number',
    );
    t.equal(await approve.count(), 0, 'nothing is left switched on');
    await appliance.take();
    await judge(t, page, 'visits');
    await page.locator('tr.visit').first().getByRole('button').focus();
    const focused = () => page.evaluate("document.activeElement.closest('tr')?.querySelector('.number').textContent");
    await appliance.screen('idle');
    await appliance.place('suzuki-kenji');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.consent();
    await page.locator('tr.visit').nth(1).waitFor();
    t.equal(await focused(), number, 'who uses the keyboard stays where they are');
    await appliance.take();
  });

  await t.test('the history by period and name, and the detail with what can be handed over', async (t) => {
    await page.getByLabel('いつから').fill('2001-01-01');
    await page.getByRole('button', { name: '検索' }).click();
    // The sentence alone, with nothing of the program before it.
    await page.getByText(/^さかのぼれるのは2年前/).waitFor();
    await page.getByRole('button', { name: '7日間' }).click();
    await page.getByLabel('氏名・受付番号').fill('遥');
    await page.getByRole('button', { name: '検索' }).click();
    // The second patient's row, which stands above until the answer is there.
    await page.locator('tr.visit').nth(1).waitFor({ state: 'detached' });
    await page.locator('tr.visit').first().click();
    await page.getByRole('heading', { name: '受付システムへの取り込み' }).waitFor();
    t.ok(await page.getByText('reception が端末で承認', { exact: false }).isVisible());
    await judge(t, page, 'detail');
    await paper(page, 'detail');
    t.ok(await page.getByText('本人確認の記録').isVisible(), 'the whole sheet is printed');
    t.notOk(await page.locator('header.top').isVisible());
    await screenAgain(page);
    await page.getByRole('button', { name: /取り込む$/ }).click();
    await page.getByText(/保存しました|渡しました/).waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('a page that hears nothing from its program says so, and catches up', async (t) => {
    const unheard = page.getByText('この画面に新しい受付が届いていません', { exact: false });
    const asked = await page.route('**/api/events', (route) => route.abort()).then(() => page.reload());
    t.ok(asked?.ok());
    await unheard.waitFor();
    await page.unroute('**/api/events');
    await unheard.waitFor({ state: 'hidden' });
    await page.getByText('受付できます').waitFor();
  });

  await t.test('by insurance numbers: check digit, none, several, ended, newer', async (t) => {
    await page.getByRole('link', { name: '保険証/処方箋で確認' }).click();
    const ask = async (insurer: string, symbol: string, number: string) => {
      await page.getByLabel('保険者番号').fill(insurer);
      await page.getByLabel('記号').fill(symbol);
      await page.getByLabel('番号', { exact: true }).fill(number);
      await page.getByRole('button', { name: '検索' }).click();
    };
    await ask('06992011', '1001', '1');
    await page.getByText('検証番号', { exact: false }).waitFor();
    for (const [number, text] of [['999', '当てはまる資格がありません'], ['5', '同じ番号に複数の人がいます'], ['2', 'この資格は終わっています。新しい保険証'], ['3', '新しい資格が登録されています']] as const) {
      await ask('06992010', '1001', number);
      await page.getByText(text, { exact: false }).waitFor();
    } // biome-ignore format: one case a line
    await ask('06992010', '1001', '1');
    await page.getByText('見本　太郎').first().waitFor();
    await judge(t, page, 'insurance');
  });

  await t.test('help answers the guide’s seven questions', async (t) => {
    await page.getByRole('link', { name: 'ヘルプ' }).click();
    await page.getByRole('heading', { name: 'ヘルプ' }).waitFor();
    t.equal(await page.locator('.questions details').count(), 7);
    await page.locator('.questions summary').first().click();
    await judge(t, page, 'help');
  });

  await t.test('medical information for the second account, gone at the minute it ends on an open page', async (t) => {
    await page.getByRole('button', { name: 'ログアウト' }).click();
    await login(page, 'medical', 'medical-demo');
    await page.getByRole('link', { name: '同意済み患者' }).click();
    await page.getByRole('button', { name: '手術・診療・薬剤' }).last().click();
    await page.getByRole('heading', { name: '時系列' }).waitFor();
    await judge(t, page, 'medical');
    await paper(page, 'medical');
    for (const name of ['調剤日', '区分']) t.ok(await page.getByRole('columnheader', { name }).isVisible(), 'every column has its heading');
    t.ok(await page.getByText('・ 印刷', { exact: false }).isVisible(), 'whose it is, and when it was printed');
    t.notOk(await page.getByRole('button', { name: '印刷する' }).isVisible());
    t.notOk(await page.locator('.list-of-patients').isVisible(), 'no other patient is printed');
    await screenAgain(page);
    await page.clock.install({ time: Date.now() });
    await page.reload();
    await page.getByRole('button', { name: '薬剤', exact: true }).last().click();
    await page.getByRole('heading', { name: /薬剤情報$/ }).waitFor();
    await page.clock.setFixedTime(Date.now() + 24 * 3_600_000);
    await page.clock.runFor(2000);
    await page.getByText('今閲覧できる患者さんはいません').waitFor();
    t.equal(await page.getByRole('heading', { name: /薬剤情報$/ }).count(), 0);
  });

  await t.test('the administrator sees who saw what, and no patient', async (t) => {
    const other = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' })).newPage();
    await other.goto(appliance.terminal);
    await login(other, 'admin', 'admin-demo');
    await other.getByRole('link', { name: '操作と閲覧の記録' }).click();
    await other.getByText('記録はつながっています', { exact: false }).waitFor();
    t.ok(await other.getByText('目視で本人と承認').first().isVisible());
    t.notMatch(await other.content(), /佐藤/);
    await judge(t, other, 'audit');
    await other.getByRole('link', { name: 'アカウント' }).click();
    await other.getByRole('heading', { name: 'アカウント' }).waitFor();
    await judge(t, other, 'accounts');
    await appliance.cables({ reader: 'out' });
    const chip = other.locator('.chip.faulty');
    await chip.waitFor();
    t.equal(await chip.locator('span').last().textContent(), 'カードの読み取り部が動いていません', 'a fault is told without a press');
    await chip.click();
    await other.getByText('カードリーダーの線を確かめ、再起動してください').waitFor();
    await judge(t, other, 'fault');
    await appliance.cables({ reader: 'in' });
    await appliance.screen('idle');
    await chip.waitFor({ state: 'detached' });
  });

  await t.test('thirty minutes without operation: a warning, a way to stay, and the login page when the server has ended it', async (t) => {
    const idle = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' })).newPage();
    await idle.clock.install({ time: Date.now() });
    await idle.goto(appliance.terminal);
    await login(idle, 'reception', 'reception');
    await idle.getByRole('button', { name: '強制的にログインする' }).or(idle.locator('header.top')).first().waitFor();
    const force = idle.getByRole('button', { name: '強制的にログインする' });
    if (await force.isVisible()) await force.click();
    await idle.locator('header.top').waitFor();
    const warning = idle.locator('dialog.idle-warning[open]');
    await idle.clock.runFor(27 * 60_000);
    t.equal(await warning.count(), 0);
    await idle.clock.runFor(62_000);
    await idle.getByText('あと2分でログアウトします', { exact: false }).waitFor();
    await judge(t, idle, 'idle');
    await idle.keyboard.press('Enter');
    await warning.waitFor({ state: 'detached' });
    t.pass('the keyboard is enough to stay');
    // The page's clock alone has moved: the server still knows the session, and its word counts.
    const asked = idle.waitForResponse((response) => response.url().endsWith('/api/session'));
    await idle.clock.runFor(30 * 60_000 + 1000);
    await asked;
    await idle.clock.runFor(2000);
    await warning.waitFor({ state: 'detached' });
    await idle.request.post(`${appliance.terminal}/api/logout`, { data: {} });
    await idle.clock.runFor(31 * 60_000);
    await idle.getByRole('button', { name: 'システムの利用を始める' }).waitFor();
  });

  t.strictSame(errors, [], 'no error in the page');
});
