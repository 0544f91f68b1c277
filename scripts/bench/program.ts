// The built program from outside, as a visitor starts it: how long it takes to be there, what memory it holds with everything loaded,
// and whether the live picture keeps moving while faces are compared.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS, ROOT } from './built.ts';
import { type Figure, figure } from './figures.ts';
import { PERSON } from './site.ts';

const OTHER = 'suzuki-kenji';

interface Program {
  readonly pid: number;
  readonly readyMs: number;
  readonly idleMs: number;
  api(method: string, path: string, body?: unknown): Promise<Response>;
  screen(...names: string[]): Promise<void>;
  press(element: string): Promise<void>;
  stop(): Promise<void>;
}

const startProgram = async (directory: string): Promise<Program> => {
  const began = performance.now();
  const words = ['--headless', '--port', '0', '--terminal-port', '0', '--mqtt-port', '0', '--data', directory];
  const child = spawn(process.execPath, [...NODE_FLAGS, fileURLToPath(new URL('dist/main.js', ROOT)), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the program ended before it was ready'))),
  ]);
  const readyMs = performance.now() - began;
  const { twin, pid } = JSON.parse(String(line)) as { twin: string; pid: number };
  const api = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(twin + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  const screen = async (...names: string[]): Promise<void> => {
    for (let i = 0; i < 2000; i += 1) {
      const state = (await (await api('GET', '/api/state')).json()) as { screen: string };
      if (names.includes(state.screen)) return;
      await sleep(15);
    }
    throw new Error(`the program never showed ${names.join(' or ')}`);
  };
  await screen('idle');
  return {
    pid,
    readyMs,
    idleMs: performance.now() - began,
    api,
    screen,
    async press(element) {
      const answer = await api('POST', '/api/touch', { element });
      if (!answer.ok) throw new Error(`touch ${element}: ${answer.status}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

/** Resident memory of a process in MB (Linux). */
export const residentMb = (pid: number): number => {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
};

/** Camera pictures a second on the twin's live view, counted while the face screen is there. */
const livePictures = async (program: Program): Promise<number> => {
  const leaving = new AbortController();
  const response = await program.api('GET', '/api/stream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let pictures = 0;
  const reading = (async () => {
    while (!leaving.signal.aborted) {
      const { value, done } = await reader.read();
      if (done) return;
      pictures += Buffer.from(value).toString('latin1').split('Content-Type: image/jpeg').length - 1;
    }
  })();
  await program.screen('face');
  const began = performance.now();
  const before = pictures;
  await sleep(2000);
  const rate = ((pictures - before) * 1000) / (performance.now() - began);
  leaving.abort();
  await reader.cancel();
  await reading.catch(() => undefined);
  return rate;
};

export const measureProgram = async (starts: number): Promise<Figure[]> => {
  const ready: number[] = [];
  const idle: number[] = [];
  const again: number[] = [];
  const memory: number[] = [];
  const live: number[] = [];
  for (let i = 0; i < starts; i += 1) {
    const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-'));
    const first = await startProgram(directory);
    ready.push(first.readyMs);
    idle.push(first.idleMs);
    await first.stop();
    const program = await startProgram(directory);
    again.push(program.idleMs);
    // One visit by face, so that every model, screen and buffer has been used.
    await program.api('PUT', '/api/camera', { resident: PERSON });
    await program.api('PUT', '/api/tray', { card: PERSON });
    await program.screen('choose-method');
    await program.press('method-face');
    await program.screen('consent');
    memory.push(residentMb(program.pid));
    await program.press('consent-none');
    await program.screen('done');
    await program.api('DELETE', '/api/tray');
    await program.screen('idle');
    // Another person: the camera stays on for some seconds.
    await program.api('PUT', '/api/camera', { resident: OTHER });
    await program.api('PUT', '/api/tray', { card: PERSON });
    await program.screen('choose-method');
    await program.press('method-face');
    live.push(await livePictures(program));
    await program.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return [
    figure('live pictures on the twin page while faces are compared', live, '/s', 10),
    figure('first start (empty data directory): spawned → ready line', ready),
    figure('first start: spawned → waiting for a card', idle),
    figure('later start: spawned → waiting for a card', again),
    figure('RSS, demonstration with everything loaded (one process beside the terminal)', memory, 'MB', 250),
  ];
};
