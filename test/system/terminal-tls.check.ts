// The terminal's page over TLS with client certificates, all made by `kazashi site`: who may log in, and what the page says to the others.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { test } from 'tap';
import { launch, siteCommand, until } from './uplink/lab.ts';

const CHROMIUM = '/usr/bin/chromium';
const directory = mkdtempSync(join(tmpdir(), 'kazashi-terminal-tls-'));
const site = join(directory, 'site');
const at = (...names: string[]): string => join(site, ...names);

siteCommand('init', site, '--site', 'clinic', '--broker', '127.0.0.1');
siteCommand('add-terminal', site, 'desk-2');
for (const kiosk of ['kiosk-1', 'kiosk-2']) siteCommand('add-kiosk', site, kiosk);
interface Pem {
  readonly cert: string;
  readonly key: string;
}
const pem = (folder: string): Pem => ({ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });
const [desk, reader] = [pem(at('terminals', 'desk-2')), pem(at('kiosks', 'kiosk-1'))] as const;

test('only a browser with a certificate of the site, and no card reader, may log in', { timeout: 180_000 }, async (t) => {
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const stolen = { cert: readFileSync(at('kiosks', 'kiosk-2', 'cert.pem')), key: readFileSync(at('kiosks', 'kiosk-2', 'key.pem')) };
  siteCommand('remove-kiosk', site, 'kiosk-2');
  const own = at('terminals', 'terminal');
  // Broker and terminal are one machine here, so the page has the broker's server certificate.
  const tls = ['--https-cert', at('broker', 'cert.pem'), '--https-key', at('broker', 'key.pem')];
  const clients = ['--client-ca', at('ca', 'ca.pem'), '--client-crl', at('broker', 'crl.pem')];
  const where = ['--mqtt', 'mqtts://127.0.0.1:1', '--site', 'clinic', '--keys', join(own, 'keys'), '--data', join(directory, 'data')];
  const terminal = launch(process.execPath, ['dist/terminal/main.js', ...where, '--port', '0', '--demo', ...tls, ...clients]);
  t.teardown(() => terminal.end('SIGTERM'));
  const { url } = JSON.parse(await until('the ready line', () => terminal.lines[0])) as { url: string };
  t.match(url, /^https:/);

  const ask = (path: string, who: Partial<Record<'cert' | 'key', Buffer>>, body?: object) =>
    new Promise<{ status: number; cookie: string; json: { certificate?: unknown; code?: string } }>((resolve, reject) => {
      const ca = readFileSync(at('ca', 'ca.pem'));
      const options = {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ca,
        agent: false,
        ...who,
      };
      const sent = request(url + path, options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (more: string) => {
          text += more;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, cookie: String(answer.headers['set-cookie']), json: JSON.parse(text) }),
        );
      });
      sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  const files = ({ cert, key }: Pem) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const login = { id: 'reception', password: 'reception' };

  for (const [who, certificate] of [
    ['none', {}],
    ['a card reader’s', files(reader)],
    ['a revoked one', stolen],
  ] as const) {
    t.equal((await ask('/api/session', certificate)).json.certificate, null, `${who}: the page knows`);
    t.match(await ask('/api/login', certificate, login), { status: 403, json: { code: 'certificate/required' } }, who);
  }
  t.match((await ask('/api/session', files(desk))).json.certificate, { name: 'terminal.desk-2', validTo: /^\d{4}-\d\d-\d\d$/ });
  t.match(await ask('/api/login', files(desk), login), { status: 200, cookie: /; Secure/ });
  await t.rejects(fetch(url.replace('https:', 'http:')), 'nothing is said without TLS');

  if (!existsSync(CHROMIUM)) return;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  t.teardown(() => browser.close());
  const open = async (certificate?: Pem) => {
    const shown =
      certificate === undefined ? {} : { clientCertificates: [{ origin: url, certPath: certificate.cert, keyPath: certificate.key }] };
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ja-JP', ...shown })).newPage();
    await page.goto(url);
    return page;
  };
  const without = await open();
  await without.getByText('クライアント証明書が選ばれていません', { exact: false }).waitFor();
  t.ok(await without.getByRole('button', { name: 'システムの利用を始める' }).isDisabled());
  const page = await open(desk);
  await page.getByText('証明書「terminal.desk-2」で接続しています', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'システムの利用を始める' }).click();
  await page.getByLabel('ID').fill('admin');
  await page.getByLabel('パスワード').fill('admin-demo');
  await page.getByRole('button', { name: 'ログイン', exact: true }).click();
  await page.getByRole('link', { name: '操作と閲覧の記録' }).click();
  await page.getByRole('cell', { name: 'terminal.desk-2' }).first().waitFor();
  t.pass('the record says from which machine');
});
