// How a terminal of a busy hospital answers: N visits (500,000 = two years) in the database, the real program started on them, asked over HTTP.
// npm run bench:terminal [-- --visits N] [--data DIR] [--json FILE]. Prints, never judges. With --data DIR the visits stay there and are asked for
// again the next time: filling takes a quarter of an hour. Beside each time stands the CPU time of the program, which a busy machine leaves as it is.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DAY_MS, japanDate } from '../src/terminal/calendar.ts';
import { createAccounts } from '../src/terminal/store/accounts.ts';
import { openDatabase } from '../src/terminal/store/schema.ts';
import { generateKioskKeys, generateTerminalKeys, publicKeySet, storeKeySet } from '../src/uplink/seal-keys.ts';
import { type Figure, figure } from './bench/figures.ts';
import { fillYears, RARE_NAME } from './bench/terminal-years.ts';

const { values } = parseArgs({
  options: { visits: { type: 'string', default: '500000' }, data: { type: 'string' }, json: { type: 'string' } },
});
const count = Number(values.visits);
if (!Number.isInteger(count) || count < 1000) throw new Error(`--visits: "${values.visits}" is not a whole number from 1000`);
const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-terminal-'));
const data = values.data ?? join(directory, 'data');
const [ANSWER_MS, START_MS, MEMORY_MB, ROUNDS] = [50, 2000, 200, 40];

const memoryMB = (pid: number | undefined, what: 'VmRSS' | 'VmHWM'): number =>
  Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024);

/** CPU time of a process since its start, ms; the kernel counts in hundredths of a second (proc(5), utime and stime). */
const cpuMs = (pid: number | undefined): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

type Measured = Figure & { readonly cpu?: number };

const startProgram = async () => {
  const [own, kiosk] = [join(directory, 'terminal.json'), join(directory, 'kiosk.json')];
  await storeKeySet(own, await generateTerminalKeys());
  await storeKeySet(kiosk, publicKeySet(await generateKioskKeys('kiosk-1')));
  const db = openDatabase(data);
  const accounts = createAccounts(db);
  for (const role of ['reception', 'admin']) await accounts.put(role, role, `bench-${role}`);
  db.close();
  const flags = ['--port', '0', '--mqtt', 'mqtt://127.0.0.1:1', '--site', 'clinic', '--log', 'silent', '--data', data];
  const begun = performance.now();
  const child = spawn(process.execPath, ['dist/terminal/main.js', ...flags, '--keys', own, '--keys', kiosk], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const startMs = performance.now() - begun;
  return { child, startMs, url: (JSON.parse(String(line)) as { url: string }).url };
};

/** Asks as a logged-in page. Throws on a refusal. */
const asker = async (url: string, id: string) => {
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/login`, { method: 'POST', headers, body: JSON.stringify({ id, password: `bench-${id}` }) });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return async (path: string, body?: object): Promise<unknown> => {
    const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(url + path, { headers: { ...(body === undefined ? {} : headers), cookie }, ...post });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
};

const timed = async (ask: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await ask();
  return performance.now() - from;
};

const measure = async (middle: string): Promise<Measured[]> => {
  const { child, startMs, url } = await startProgram();
  try {
    const [ask, chief] = [await asker(url, 'reception'), await asker(url, 'admin')];
    const day = (back: number): string => japanDate(Date.now() - back * DAY_MS);
    const list = (from: number, to: number) => () => ask(`/api/visits?from=${day(from)}&to=${day(to)}&limit=200`);
    const search = (text: string) => () => ask('/api/visits/search', { text, from: day(728), to: day(0), limit: 200 });
    const questions: Readonly<Record<string, () => Promise<unknown>>> = {
      'list: one day': list(100, 100),
      'list: one month': list(130, 100),
      'list: two years, first page': list(728, 0),
      'search: one patient in two years': search(RARE_NAME),
      'search: one in twenty patients': search('佐藤'),
      'search: one character of many': search('山'),
      'search: a reception number': search('12'),
      'search: nobody': search('無名氏'),
      detail: () => ask(`/api/visits/${middle}`),
    };
    const figures: Measured[] = [{ ...figure('start until ready', [startMs], 'ms', START_MS), cpu: cpuMs(child.pid) }];
    for (const [what, question] of Object.entries(questions)) {
      const times: number[] = [];
      const before = cpuMs(child.pid);
      for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(question));
      figures.push({ ...figure(what, times, 'ms', ANSWER_MS), cpu: (cpuMs(child.pid) - before) / ROUNDS });
    }
    figures.push(figure('memory after these', [memoryMB(child.pid, 'VmRSS')], 'MB', MEMORY_MB));
    // The whole record is checked, and the list goes on answering.
    let checking = true;
    const check = timed(() => chief('/api/audit/chain')).finally(() => {
      checking = false;
    });
    const beside: number[] = [];
    while (checking) beside.push(await timed(list(100, 100)));
    figures.push(figure(`record of ${2 * count} rows checked`, [await check]), figure('list: one day, beside it', beside, 'ms', ANSWER_MS));
    figures.push(figure('memory, highest', [memoryMB(child.pid, 'VmHWM')], 'MB', MEMORY_MB));
    return figures;
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
};

/** The visit in the middle of a database that was filled before. */
const middleOf = (folder: string): string => {
  const db = openDatabase(folder);
  const { n } = db.prepare('SELECT count(*) AS n FROM visits').get() as { n: number };
  if (n !== count) throw new Error(`--data ${folder} holds ${n} visits, not ${count}: name another folder, or --visits ${n}`);
  const { visit_id } = db.prepare('SELECT visit_id FROM visits ORDER BY row LIMIT 1 OFFSET ?').get(Math.floor(n / 2)) as {
    visit_id: string;
  };
  db.close();
  return visit_id;
};

try {
  const begun = performance.now();
  const filled = existsSync(join(data, 'terminal.db'));
  const middle = filled
    ? middleOf(data)
    : await fillYears(data, count, (written) => process.stderr.write(`${written} of ${count} visits written\n`));
  const fillSeconds = Math.round((performance.now() - begun) / 1000);
  const databaseMB = Math.round(statSync(join(data, 'terminal.db')).size / 2 ** 20);
  const load = [Number(loadavg()[0]?.toFixed(1))];
  const figures = await measure(middle);
  load.push(Number(loadavg()[0]?.toFixed(1)));
  process.stdout.write(
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load average ${load.join(' before, ')} after; Node ${process.versions.node}\n`,
  );
  process.stdout.write(`${count} visits, ${databaseMB} MB, ${filled ? 'filled before' : `filled in ${fillSeconds} s`}\n`);
  for (const { name, unit, median, p95, target, ratio, cpu } of figures)
    process.stdout.write(
      `${name.padEnd(36)} ${String(median).padStart(9)} ${unit}${p95 === undefined ? '' : `, p95 ${p95} ${unit}`}${target === undefined ? '' : `  (target ${target}, ratio ${ratio})`}${cpu === undefined ? '' : `  CPU ${cpu} ms`}\n`,
    );
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ visits: count, databaseMB, ...(filled ? {} : { fillSeconds }), load, figures }, null, 2)}\n`,
    );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
