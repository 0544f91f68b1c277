// Hashes of passwords (scrypt), made in one thread of its own, one after another: on Node's pool, each of its four threads would keep two
// times sixteen MiB for good. Passwords pass through and are neither kept nor logged.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { KioskFailure } from '../../core/failure.ts';

export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** What the thread runs. A text, because a thread loads no TypeScript. */
const PROGRAM = `
  const { parentPort } = require('node:worker_threads');
  const { scryptSync } = require('node:crypto');
  parentPort.on('message', ({ id, password, salt, length, cost }) => {
    try {
      parentPort.postMessage({ id, key: scryptSync(password, salt, length, cost) });
    } catch {
      parentPort.postMessage({ id });
    }
  });
`;
/** A thread without work goes, and its memory with it. */
const KEEP_MS = 2000;

interface Task {
  done(key: Buffer): void;
  failed(cause: unknown): void;
}

const waiting = new Map<number, Task>();
let thread: Worker | undefined;
let ending: NodeJS.Timeout | undefined;
let count = 0;

const failure = (cause?: unknown): KioskFailure =>
  new KioskFailure('visit/internal', { cause, message: 'the password could not be hashed' });

const start = (): Worker => {
  const worker = new Worker(PROGRAM, { eval: true, execArgv: [], stdout: false, stderr: false });
  worker.on('message', ({ id, key }: { id: number; key?: Uint8Array }) => {
    const task = waiting.get(id);
    waiting.delete(id);
    if (key === undefined) task?.failed(failure());
    else task?.done(Buffer.from(key));
    if (waiting.size > 0) return;
    worker.unref();
    ending = setTimeout(() => {
      thread = undefined;
      void worker.terminate();
    }, KEEP_MS).unref();
  });
  worker.on('error', (cause) => {
    if (thread === worker) thread = undefined;
    for (const task of waiting.values()) task.failed(failure(cause));
    waiting.clear();
  });
  return worker;
};

const derive = (password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> =>
  new Promise((done, failed) => {
    clearTimeout(ending);
    thread ??= start();
    thread.ref();
    count += 1;
    waiting.set(count, { done, failed });
    thread.postMessage({ id: count, password: password.normalize('NFKC'), salt, length, cost });
  });

export const hashPassword = async (password: string, cost: ScryptCost): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, 32, cost);
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
};

export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  const [scheme, n, r, p, salt = '', key = ''] = hash.split('$');
  if (scheme !== 'scrypt') return false;
  const expected = Buffer.from(key, 'base64url');
  const found = await derive(password, Buffer.from(salt, 'base64url'), expected.length, { N: Number(n), r: Number(r), p: Number(p) });
  return timingSafeEqual(found, expected);
};
