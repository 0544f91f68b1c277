// An engine's process from outside: started, asked one thing after the other, ended.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Picture } from '../../../src/faceauth/ports.ts';

export interface EngineName {
  readonly title: string;
  readonly module: 'kazashi' | 'human' | 'face-api';
  readonly variant?: string;
}

/** Milliseconds: locate = the face's box; recognise = box and embedding; judge = these and anti-spoofing; decide = the JPEG to all of that, cpu = its processor time. */
export interface EngineTimes {
  readonly locate: readonly number[];
  readonly recognise: readonly number[];
  readonly judge: readonly number[];
  readonly decide: readonly number[];
  readonly cpu: readonly number[];
}

type Request =
  | { readonly type: 'card'; readonly picture: Picture }
  | { readonly type: 'frame'; readonly jpeg: Uint8Array }
  | { readonly type: 'time'; readonly frames: readonly Uint8Array[]; readonly rounds: number; readonly card: Picture };

interface Answer {
  readonly vector?: Float32Array;
  readonly ms?: EngineTimes;
  readonly live?: number;
  readonly backend?: string;
  readonly rssMb?: number;
  readonly peakMb?: number;
  readonly error?: string;
}

const PROCESS = fileURLToPath(new URL('engine-process.js', import.meta.url));

export class Engine {
  readonly #child: ChildProcess;
  #said = '';
  /** What it computes with, in its own words. */
  backend = '';
  rssMb = 0;
  peakMb = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (text: Buffer) => {
      this.#said = `${this.#said}${text}`.slice(-2000);
    });
  }

  /** Rejects with the reason when the engine cannot run. */
  static async start({ module, variant }: EngineName, folder: string): Promise<Engine> {
    const child = fork(PROCESS, [module, folder, ...(variant === undefined ? [] : [variant])], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, OMP_NUM_THREADS: '1', UV_THREADPOOL_SIZE: '1' },
    });
    const engine = new Engine(child);
    const hello = await engine.#answer();
    engine.backend = hello.backend ?? '';
    engine.rssMb = hello.rssMb ?? 0;
    return engine;
  }

  #answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`ended with ${code}: ${this.#reason()}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer: Answer) => {
        this.#child.off('exit', ended);
        if (answer.error !== undefined) reject(new Error(answer.error));
        else resolve(answer);
      });
    });
  }

  #reason(): string {
    const lines = this.#said.split('\n').filter((line) => line.trim() !== '');
    return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim();
  }

  async ask(request: Request): Promise<Answer> {
    const answered = this.#answer();
    this.#child.send(request);
    const answer = await answered;
    this.peakMb = Math.max(this.peakMb, answer.peakMb ?? 0);
    return answer;
  }

  stop(): void {
    this.#child.removeAllListeners();
    this.#child.kill();
  }
}
