// A camera whose pictures come from a program of its own. The program runs while somebody wants pictures, and is watched: when it ends or falls
// silent it is started again, with growing pauses, until it delivers. A camera that is plugged in again is back without anybody's doing.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type BackoffLimits, fullJitterMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { Camera, CameraFrame } from '../ports.ts';
import type { CaptureCommand } from './capture-commands.ts';
import { type Rotation, turned } from './exif-orientation.ts';
import { FrameHub } from './frame-hub.ts';
import { MjpegSplitter } from './mjpeg-splitter.ts';

export interface SpawnedCameraOptions {
  readonly capture: CaptureCommand;
  readonly rotation: Rotation;
  readonly clock: Clock;
  readonly log: Log;
  /** Default Math.random. */
  readonly random?: () => number;
  readonly backoff?: BackoffLimits;
  /** A program that delivers nothing for so long has lost its camera. The first picture may take longer. */
  readonly silenceMs?: number;
  readonly firstPictureMs?: number;
  /** The program goes on for so long after the last user left: the next try must not wait for the sensor again. */
  readonly lingerMs?: number;
}

/** What a capture program says when it cannot go on, as fixed words for the journal. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/permission denied|operation not permitted/i, 'denied'],
  [/busy|in use/i, 'busy'],
  [/no such (file|device)|cannot open|no cameras available|not found/i, 'no-device'],
  [/invalid argument|not supported|inappropriate ioctl/i, 'format'],
];

const KILL_AFTER_MS = 1000;

export class SpawnedCamera implements Camera {
  readonly #options: Required<SpawnedCameraOptions>;
  readonly #hub = new FrameHub();
  #users = 0;
  #child: ChildProcess | undefined;
  #failures = 0;
  /** Why there are no pictures now; undefined while they come or may come soon. */
  #down: KioskFailure | undefined;
  #watchdog: unknown;
  #restart: unknown;
  #linger: unknown;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: SpawnedCameraOptions) {
    this.#options = {
      random: Math.random,
      backoff: { baseMs: 500, capMs: 8000 },
      silenceMs: 3000,
      firstPictureMs: 8000,
      lingerMs: 2000,
      ...options,
    };
  }

  start(): void {
    this.#users++;
    this.#clear('linger');
    if (this.#child === undefined && this.#restart === undefined) this.#run();
  }

  stop(): void {
    this.#users = Math.max(0, this.#users - 1);
    if (this.#users > 0) return;
    this.#clear('linger');
    this.#linger = this.#options.clock.setTimeout(() => {
      this.#linger = undefined;
      this.#end();
    }, this.#options.lingerMs);
  }

  get plugged(): boolean | undefined {
    const { device } = this.#options.capture;
    return device === undefined ? undefined : existsSync(device);
  }

  async nextFrame(afterSeq: number, signal: AbortSignal): Promise<CameraFrame> {
    signal.throwIfAborted();
    if (this.#users === 0) throw unavailable('not-started');
    if (this.#down !== undefined) throw this.#down;
    return this.#hub.next(afterSeq, signal);
  }

  /** Ends the program and zeroes what is left; resolves when it is gone. */
  async close(): Promise<void> {
    this.#users = 0;
    this.#end();
    await this.#ended;
  }

  #clear(timer: 'watchdog' | 'restart' | 'linger'): void {
    const { clock } = this.#options;
    const handle = { watchdog: this.#watchdog, restart: this.#restart, linger: this.#linger }[timer];
    if (handle !== undefined) clock.clearTimeout(handle);
    if (timer === 'watchdog') this.#watchdog = undefined;
    else if (timer === 'restart') this.#restart = undefined;
    else this.#linger = undefined;
  }

  #end(): void {
    for (const timer of ['watchdog', 'restart', 'linger'] as const) this.#clear(timer);
    this.#down = undefined;
    this.#failures = 0;
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) this.#kill(child);
    this.#hub.fail(unavailable('stopped'));
  }

  #kill(child: ChildProcess): void {
    const { clock } = this.#options;
    child.kill('SIGTERM');
    const harder = clock.setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    child.once('close', () => clock.clearTimeout(harder));
  }

  #run(): void {
    const { capture, clock, log, rotation, firstPictureMs, silenceMs } = this.#options;
    if (capture.before !== undefined) this.#prepare(capture.before);
    const child = spawn(capture.command, capture.args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const splitter = new MjpegSplitter();
    let reason = 'ended';
    let delivered = false;
    const watch = (ms: number): void => {
      this.#clear('watchdog');
      this.#watchdog = clock.setTimeout(() => {
        reason = 'silent';
        this.#kill(child);
      }, ms);
    };
    watch(firstPictureMs);
    child.stdout.on('data', (chunk: Buffer) => {
      const pictures = splitter.push(chunk);
      chunk.fill(0);
      if (this.#child !== child) return;
      for (const jpeg of pictures) {
        if (!delivered && (this.#failures > 0 || this.#down !== undefined)) log.info('camera.back', { failures: this.#failures });
        delivered = true;
        this.#failures = 0;
        this.#down = undefined;
        this.#hub.put(turned(jpeg, rotation), clock.monotonicMs());
      }
      if (pictures.length > 0) watch(silenceMs);
    });
    child.stderr.on('data', (text: Buffer) => {
      reason = REASONS.find(([pattern]) => pattern.test(text.toString('latin1')))?.[1] ?? reason;
    });
    this.#ended = new Promise((resolve) => {
      let over = false;
      const ended = (): void => {
        if (over) return;
        over = true;
        splitter.wipe();
        if (this.#child === child) this.#lost(reason);
        resolve();
      };
      child.once('error', (cause: NodeJS.ErrnoException) => {
        reason = cause.code === 'ENOENT' ? 'no-program' : 'not-started';
        ended();
      });
      child.once('close', ended);
    });
  }

  /** Sets the device's controls. Not every camera has them, and a picture of its own choice is better than none. */
  #prepare({ command, args }: { readonly command: string; readonly args: readonly string[] }): void {
    const { log } = this.#options;
    const failed = (): void => log.debug('camera.controls-refused');
    spawn(command, args, { stdio: 'ignore' })
      .once('error', failed)
      .once('exit', (code) => {
        if (code !== 0) failed();
      });
  }

  #lost(reason: string): void {
    const { clock, log, capture, backoff, random } = this.#options;
    this.#clear('watchdog');
    this.#child = undefined;
    const failures = this.#failures++;
    this.#down = unavailable(
      reason,
      reason === 'no-program' ? `${capture.command} is not installed: apt-get install ${capture.package}` : undefined,
    );
    // Told once, not at every try: a journal full of the same line hides the next fault.
    if (failures === 0) log.warn('camera.lost', { reason, program: capture.command, package: capture.package });
    this.#hub.fail(this.#down);
    const delayMs = backoff.baseMs + fullJitterMs(failures, backoff, random());
    this.#restart = clock.setTimeout(() => {
      this.#restart = undefined;
      this.#run();
    }, delayMs);
  }
}

const unavailable = (reason: string, message?: string): KioskFailure =>
  new KioskFailure('camera/unavailable', { facts: { reason }, ...(message === undefined ? {} : { message }) });
