// The reception's page under real hands, in a real browser: presses that last as long as a finger's, the Tab key, and what is read after a
// mistake. The terminal's own HTTP side answers.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Test, test } from 'tap';
import { office } from '../terminal/fixtures/office.ts';
import { BOOT, handClock, KIOSK, visit } from '../terminal/fixtures/site.ts';

const CHROMIUM = '/usr/bin/chromium';
const skip = existsSync(CHROMIUM) ? false : 'chromium is missing: apt-get install chromium';
const { KAZASHI_PICTURES: PICTURES } = process.env;
/** As long as a finger is down. */
const PRESS_MS = 90;

const PASSWORDS = { reception: 'front-desk', doctor: 'consulting-room', chief: 'machine-room' };

/** The browser's own question about notifications, answered with yes. */
const AGREES = `
  window.Notification = class extends EventTarget {
    static permission = 'default';
    static requestPermission = async () => (Notification.permission = 'granted');
  };
`;

const picture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `hands-${name}.png`) });
};

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click({ delay: PRESS_MS });

/** A terminal, and pages of its people in browsers that were never here before. */
const desk = async (t: Test) => {
  const parts = await office(t, undefined, false, handClock(Date.now()));
  const url = await parts.app.listen({ host: '127.0.0.1', port: 0 });
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--lang=ja'] });
  const errors: string[] = [];
  t.teardown(() => browser.close());
  const begin = async (): Promise<Page> => {
    const page = await (
      await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' })
    ).newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.addInitScript(AGREES);
    await page.goto(url);
    await press(page, 'システムの利用を始める');
    return page;
  };
  const enter = async (id: keyof typeof PASSWORDS): Promise<Page> => {
    const page = await begin();
    await page.getByLabel('ID').fill(id);
    await page.getByLabel('パスワード').fill(PASSWORDS[id]);
    await press(page, 'ログイン');
    await page.locator('header.top').waitFor();
    return page;
  };
  return { ...parts, begin, enter, errors };
};

test('the offer of notifications is answered by a press, and the Tab key passes through it into the list', { skip }, async (t) => {
  const { enter, store, errors } = await desk(t);
  await store(visit({}, Date.now()));
  const offer = (page: Page) => page.getByRole('group', { name: '受付の音と通知' });
  const focused = (page: Page) => page.evaluate('document.activeElement.textContent') as Promise<string>;

  const agreeing = await enter('reception');
  await picture(agreeing, 'offer');
  await press(agreeing, '通知を受け取る');
  await offer(agreeing).waitFor({ state: 'hidden' });
  t.equal(await agreeing.evaluate('Notification.permission'), 'granted');

  const page = await enter('doctor');
  await page.locator('tr.visit').waitFor();
  const passed: string[] = [];
  await page.locator('a.skip').focus();
  for (let n = 0; n < 30 && !passed.at(-1)?.includes('の詳細を開く'); n += 1) {
    await page.keyboard.press('Tab', { delay: PRESS_MS });
    passed.push(await focused(page));
  }
  t.ok(passed.includes('今はしない') && passed.includes('通知を受け取る'), passed.map((text) => text.slice(0, 20)).join(' → '));
  t.match(passed.at(-1), /の詳細を開く/, 'into the list');
  await press(page, '今はしない');
  await offer(page).waitFor({ state: 'hidden' });
  t.equal(await page.evaluate("localStorage.getItem('kazashi-notify')"), 'later');
  t.match(await focused(page), /^音と通知/, 'the focus goes on at the switch');
  await page.reload();
  await page.locator('tr.visit').waitFor();
  await page.keyboard.press('Tab');
  t.equal(await offer(page).isVisible(), false, 'not asked again');
  t.strictSame(errors, [], 'no error in a page');
});

test('an account keeps its role when its password is changed, and nobody’s is taken by adding a person', { skip }, async (t) => {
  const { enter, accounts, errors } = await desk(t);
  const page = await enter('chief');
  await page.getByRole('link', { name: 'アカウント' }).click();
  const fill = async (id: string, password: string) => {
    await page.getByLabel('ID').fill(id);
    await page.getByLabel('新しいパスワード').fill(password);
    await press(page, '保存');
  };
  await fill('', '');
  await page.getByText('IDを入力してください').waitFor();
  t.ok(await page.getByText('パスワードは8文字以上にしてください').isVisible(), 'every wrong field at once');
  await fill('doctor', 'another-word');
  await page.getByText('このIDはもう使われています', { exact: false }).waitFor();
  await picture(page, 'account-taken');
  t.match(await accounts.check('doctor', PASSWORDS.doctor), { role: 'medical' });
  await page
    .getByRole('row', { name: /doctor/ })
    .getByRole('button', { name: '変更' })
    .click({ delay: PRESS_MS });
  t.equal(await page.getByLabel('役割').inputValue(), 'medical');
  await picture(page, 'account-change');
  await page.getByLabel('新しいパスワード').fill('another-word');
  await press(page, '保存');
  await page.getByText('doctor を変更しました').waitFor();
  t.match(await accounts.check('doctor', 'another-word'), { role: 'medical' });
  await fill('desk-2', 'another-word');
  await page.getByText('desk-2 を追加しました').waitFor();
  t.match(await accounts.check('desk-2', 'another-word'), { role: 'reception' });
  t.strictSame(errors, [], 'no error in a page');
});

test('a search that finds nobody says so, and an empty date is named as the page names it', { skip }, async (t) => {
  const { enter, errors, kiosks } = await desk(t);
  kiosks.brokerIs('connected');
  const page = await enter('reception');
  await press(page, '今はしない');
  await page.getByRole('heading', { name: '今日の受付はまだありません' }).waitFor();
  await press(page, '7日間');
  await page.getByRole('heading', { name: 'この期間の受付はありません' }).waitFor();
  await page.getByLabel('氏名・受付番号').fill('zzz');
  await press(page, '検索');
  await page.getByRole('heading', { name: 'この条件の受付はありません' }).waitFor();
  await page.getByLabel('いつから').fill('');
  await press(page, '検索');
  await page.getByText(/^「いつから」は /).waitFor();
  await picture(page, 'nobody');
  // A reader that is silent: its power, or the network only.
  await page.getByText('kiosk-1応答がありません').click();
  t.ok(await page.getByText('ネットワークの線がつながっているか', { exact: false }).isVisible());
  await picture(page, 'silent');
  t.strictSame(errors, [], 'no error in a page');
});

test('by insurance numbers a birth date goes in as it is printed, and an impossible one is refused by name', { skip }, async (t) => {
  const { enter, errors } = await desk(t);
  const page = await enter('reception');
  await page.getByRole('link', { name: '保険証/処方箋で確認' }).click();
  await page.getByLabel('保険者番号').fill('06992010');
  await page.getByLabel('記号').fill('1001');
  await page.getByLabel('番号', { exact: true }).fill('1');
  const search = async (birth: string) => {
    await page.getByLabel('生年月日').fill(birth);
    await press(page, '検索');
  };
  await search('2030-01-01');
  await page.getByText('生年月日が今日より後の日付です', { exact: false }).waitFor();
  await picture(page, 'birth-date');
  await search('昭和1年12月26日');
  await page.getByText('番号と、入力したときは生年月日も', { exact: false }).waitFor();
  await picture(page, 'none');
  t.strictSame(errors, [], 'no error in a page');
});

test('whose medical information is read stands above it, among two hundred patients', { skip }, async (t) => {
  const { enter, errors, store } = await desk(t);
  for (let n = 0; n < 200; n += 1)
    await store(
      visit(
        { patient: { name: '架空　花子', birthdate: `1951-04-${String((n % 28) + 1).padStart(2, '0')}`, sex: '2', address: '' } },
        Date.now(),
      ),
    );
  const page = await enter('doctor');
  await press(page, '今はしない');
  await page.getByRole('link', { name: '同意済み患者' }).click();
  const third = page.locator('.list-of-patients tbody tr').nth(2);
  await third.getByRole('button', { name: '薬剤', exact: true }).click({ delay: PRESS_MS });
  const heading = page.getByRole('heading', { name: /薬剤情報$/ });
  await page.getByRole('columnheader', { name: '調剤日' }).waitFor();
  t.match((await third.textContent()) ?? '', /昭和26年4月2日\(/);
  t.match(await heading.textContent(), /^架空　花子 さん（昭和26年4月2日生まれ・\d+歳・女）の薬剤情報$/);
  const box = await heading.boundingBox();
  t.ok(box !== null && box.y >= 0 && box.y < 400, `the heading is where it is seen: ${box?.y}`);
  t.ok(await heading.evaluate((element) => element === element.ownerDocument.activeElement), 'and the keyboard is there');
  t.equal(await page.locator('tr[aria-current]').count(), 1);
  t.equal(await third.getAttribute('aria-current'), 'true', 'the row is marked');
  await picture(page, 'reading');
  await press(page, '一覧に戻る');
  t.ok(
    await third
      .getByRole('button')
      .first()
      .evaluate((element) => element === element.ownerDocument.activeElement),
    'back at the row',
  );
  await picture(page, 'row');
  t.strictSame(errors, [], 'no error in a page');
});

test('the administrator sees which reception somebody looked at, and narrows the record to a person, a day or that reception', {
  skip,
}, async (t) => {
  const { app, enter, errors, store, cookie } = await desk(t);
  const message = visit({}, Date.now());
  await store(message);
  const cookies = await cookie();
  await app.inject({ method: 'POST', url: '/api/visits/search', cookies, payload: { text: '架空' } });
  await app.inject({ url: `/api/visits/${message.visitId}`, cookies });
  await app.inject({ url: `/api/visits/${message.visitId}`, cookies: await cookie('doctor', 'consulting-room') });
  const page = await enter('chief');
  await page.getByRole('link', { name: '操作と閲覧の記録' }).click();
  const target = page.getByRole('button', { name: /の受付番号1番（kiosk-1）$/ });
  await target.first().waitFor();
  t.equal(await target.count(), 2);
  t.ok(await page.getByText('・氏名か受付番号を指定', { exact: false }).isVisible());
  t.match(await page.locator('tbody td').first().textContent(), /\d{1,2}:\d{2}:\d{2}$/, 'to the second');
  t.notMatch(await page.content(), /架空/, 'no patient for the administrator');
  await picture(page, 'audit');
  await page.getByLabel('だれが').fill('doctor');
  await press(page, '表示');
  await target.nth(1).waitFor({ state: 'detached' });
  t.strictSame([...new Set(await page.locator('tbody td:nth-child(2)').allTextContents())], ['doctor']);
  await page.getByLabel('だれが').fill('');
  await target.click({ delay: PRESS_MS });
  await page.getByText('の記録だけを表示しています', { exact: false }).waitFor();
  await target.nth(1).waitFor();
  t.equal(await page.locator('tbody tr').count(), 2);
  await picture(page, 'audit-visit');
  await press(page, 'すべての受付に戻る');
  await page.getByText('・氏名か受付番号を指定', { exact: false }).waitFor();
  t.strictSame(errors, [], 'no error in a page');
});

test('the question of a forced login has one button to go on with, and a reader restarts after a second press alone', {
  skip,
}, async (t) => {
  const { begin, enter, errors, kiosks, commands } = await desk(t);
  kiosks.brokerIs('connected');
  kiosks.received(KIOSK, { v: 1, bootId: BOOT, bdSeq: 1, at: new Date().toISOString(), version: '1', status: 'ready', faults: [] });
  const page = await enter('reception');
  await page.getByText('受付できます').click();
  await press(page, '再起動する');
  const sure = page.getByRole('button', { name: /^本当に再起動する/ });
  await sure.waitFor();
  await picture(page, 'restart');
  t.strictSame(commands, [], 'nothing yet');
  await sure.click({ delay: PRESS_MS });
  await page.getByText('kiosk-1 に送りました').waitFor();
  t.strictSame(commands, [{ kiosk: KIOSK, name: 'restart' }]);

  const other = await begin();
  await other.getByLabel('ID').fill('reception');
  await other.getByLabel('パスワード').fill(PASSWORDS.reception);
  await press(other, 'ログイン');
  await other.getByRole('button', { name: '強制的にログインする' }).waitFor();
  await picture(other, 'forced');
  t.equal(await other.locator('.button.primary:visible').count(), 1);
  await press(other, 'やめる');
  t.ok(await other.getByRole('button', { name: 'ログイン', exact: true }).isVisible());
  await press(other, 'ログイン');
  await press(other, '強制的にログインする');
  await other.locator('header.top').waitFor();
  t.strictSame(errors, [], 'no error in a page');
});
