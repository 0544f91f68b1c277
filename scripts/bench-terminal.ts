// How a terminal of a busy hospital answers: N visits (500,000 = two years) in the database, the real program started on them, asked over HTTP.
// npm run bench:terminal [-- --visits N] [-- --json FILE]. Prints, never judges.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openDatabase, searchable } from '../src/terminal/store/schema.ts';
import { generateKioskKeys, generateTerminalKeys, publicKeySet, storeKeySet } from '../src/uplink/seal-keys.ts';

const { values } = parseArgs({ options: { visits: { type: 'string', default: '500000' }, json: { type: 'string' } } });
const count = Number(values.visits);
const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-terminal-'));
const DAY_MS = 86_400_000;
const NAMES = ['佐藤　遥', '鈴木　健司', '高橋　葵', '田中　茂', '渡辺　凛', '伊藤　節子', '山本　蓮', '中村　幸'];

const fill = (): void => {
  const db = openDatabase(join(directory, 'data'));
  db.exec('PRAGMA synchronous = OFF');
  const visit = db.prepare(
    `INSERT INTO visits (row, message_id, visit_id, kiosk, boot_id, seq, at, received_at, method, language, result, number, proof, certificate, consent, patient, validity)
     VALUES (?, ?, ?, 'kiosk-1', 'b', ?, ?, ?, 'face', 'ja', 'checked-in', ?, 'kiosk', ?, ?, ?, '1')`,
  );
  const evidence = db.prepare('INSERT INTO evidence (row, evidence, sealed, eligibility) VALUES (?, ?, ?, ?)');
  const name = db.prepare('INSERT INTO visit_names (rowid, name) VALUES (?, ?)');
  // Sizes of a real visit: certificate and signature 2.9 kB, sealed 6 kB.
  const [proof, sealed, answer] = ['x'.repeat(2900), randomBytes(6000), JSON.stringify({ ResultList: [{ Name: 'x'.repeat(700) }] })];
  const certificate = JSON.stringify({ state: 'valid', validTo: '2029-04-12', days: 870 });
  const start = Date.now() - 729 * DAY_MS;
  for (let from = 1; from <= count; from += 10_000) {
    db.transaction(() => {
      for (let row = from; row < Math.min(from + 10_000, count + 1); row += 1) {
        const at = start + Math.floor((row / count) * 729 * DAY_MS);
        const flag = { flag: '1', consentedAt: new Date(at).toISOString() };
        const who = `${NAMES[row % NAMES.length]}${row % 97 === 0 ? '太' : ''}`;
        const patient = JSON.stringify({ name: who, address: '架空県架空市一丁目1番1号', birthdate: '1951-04-01', sex: '2' });
        visit.run(
          row,
          `m${row}`,
          `v${row}`,
          row,
          at,
          at,
          String(row % 700),
          certificate,
          JSON.stringify({ SRJ: flag, YZK: flag }),
          patient,
        );
        evidence.run(row, proof, sealed, answer);
        name.run(row, searchable(who));
      }
    })();
  }
  db.close();
};

const quantiles = (times: number[]) => {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
  return { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
};

const rssMB = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

try {
  fill();
  const [own, kiosk] = [join(directory, 'terminal.json'), join(directory, 'kiosk.json')];
  await storeKeySet(own, await generateTerminalKeys());
  await storeKeySet(kiosk, publicKeySet(await generateKioskKeys('kiosk-1')));
  const begun = performance.now();
  const options = ['--port', '0', '--mqtt', 'mqtt://127.0.0.1:1', '--site', 'clinic', '--demo', '--log', 'silent'];
  const child = spawn(
    process.execPath,
    ['dist/terminal/main.js', ...options, '--data', join(directory, 'data'), '--keys', own, '--keys', kiosk],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  const startMs = Math.round(performance.now() - begun);
  const { url } = JSON.parse(String(line)) as { url: string };
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ id: 'reception', password: 'reception' }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const day = (back: number) => new Date(Date.now() + 9 * 3_600_000 - back * DAY_MS).toISOString().slice(0, 10);
  const search = (text: string, from: string) => () =>
    fetch(`${url}/api/visits/search`, { method: 'POST', headers: { ...json, cookie }, body: JSON.stringify({ text, from, to: day(0) }) });
  const get = (path: string) => () => fetch(url + path, { headers: { cookie } });
  const questions = {
    'one day': get(`/api/visits?from=${day(100)}&to=${day(100)}&limit=200`),
    'one month': get(`/api/visits?from=${day(130)}&to=${day(100)}&limit=200`),
    'two years, first page': get(`/api/visits?from=${day(728)}&to=${day(0)}&limit=200`),
    'rare name in two years': search('健司太', day(728)),
    'common name in two years': search('佐藤', day(728)),
    'name nobody has': search('無名', day(728)),
    detail: get(`/api/visits/v${Math.floor(count / 2)}`),
  };
  const answers: Record<string, ReturnType<typeof quantiles>> = {};
  for (const [what, ask] of Object.entries(questions)) {
    const times: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const from = performance.now();
      const response = await ask();
      await response.text();
      if (response.status !== 200) throw new Error(`${what}: ${response.status}`);
      times.push(performance.now() - from);
    }
    answers[what] = quantiles(times);
  }
  const result = {
    visits: count,
    databaseMB: Math.round(statSync(join(directory, 'data', 'terminal.db')).size / 2 ** 20),
    startMs,
    rssMB: rssMB(child.pid ?? 0),
    answers,
  };
  child.kill('SIGTERM');
  await once(child, 'exit');
  process.stdout.write(`${count} visits, ${result.databaseMB} MB; start ${startMs} ms, memory ${result.rssMB} MB\n`);
  for (const [what, { p50Ms, p95Ms }] of Object.entries(answers))
    process.stdout.write(`${what.padEnd(28)} p50 ${p50Ms} ms  p95 ${p95Ms} ms\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
