// A PN532 on a serial line of the box: a USB adapter (/dev/serial/by-id/…, /dev/ttyUSB0) or a UART. Opened at first use and again after a
// failure, so that a machine without the adapter still starts, and one that is plugged in later is found.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, write } from 'node:fs';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { KioskFailure } from '../../core/failure.ts';
import type { SerialPort } from './ports.ts';

/** The chip's own rate after reset, eight bits, no parity, one stop bit (UM0701-02, 6.2.3). */
const LINE = ['115200', 'cs8', '-parenb', '-cstopb', 'clocal', '-crtscts', 'raw', '-echo', '-hupcl'];

const writeTo = promisify(write);

interface Opened {
  readonly handle: number;
  readonly reading: ReadStream;
  /** Writes under way: until they end the handle stays open, or its number could be another file's by then. */
  writing: number;
  gone: boolean;
}

/** Throws what the system says; a file that is no terminal is refused by stty. */
const openLine = (path: string): Opened => {
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
  const handle = openSync(path, flags);
  try {
    const { error, status, stderr } = spawnSync('stty', LINE, { stdio: [handle, 'ignore', 'pipe'], encoding: 'utf8' });
    if (error !== undefined || status !== 0) throw error ?? new Error(`stty: ${stderr.trim()}`);
    // The stream opens the line once more for itself (uv_tty_init) and closes only that: this handle stays ours.
    return { handle, reading: new ReadStream(handle), writing: 0, gone: false };
  } catch (cause) {
    closeSync(handle);
    throw cause;
  }
};

const letGo = (handle: number): void => {
  try {
    closeSync(handle);
  } catch {
    // A line that was pulled out between two openings: the stream had to take this handle, and has closed it.
  }
};

/** `write` throws reader/unavailable when the line cannot be opened, and an Error with the system's code when it has gone. */
export class NativeSerialPort implements SerialPort {
  readonly #path: string;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #opened: Opened | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const opened = this.#open();
    opened.writing += 1;
    try {
      for (let at = 0; at < bytes.length; ) at += (await writeTo(opened.handle, bytes, at)).bytesWritten;
    } catch (cause) {
      this.#release(opened);
      throw cause;
    } finally {
      opened.writing -= 1;
      if (opened.gone && opened.writing === 0) letGo(opened.handle);
    }
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The next write opens the line again. Resolves when both handles of it are closed: only the last one to close makes the system's driver end its
   * transfers with the adapter, and the first one to open makes it start them and set rate and control lines again. A process that is killed
   * leaves nothing else behind: there is no flow control (raw, -crtscts) that could be stopped, no exclusive use (TIOCEXCL) is asked for, and
   * bytes that stood unread go with the last handle. Seen in QEMU after a kill: a line that took bytes and gave none, until it was opened again.
   */
  async close(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    const closed = once(opened.reading, 'close');
    this.#release(opened);
    await closed;
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    try {
      const opened = openLine(this.#path);
      opened.reading.on('data', (bytes: Buffer) => {
        for (const listener of [...this.#listeners]) listener(new Uint8Array(bytes));
        bytes.fill(0);
      });
      // Unplugged: the next write finds out whether it is back.
      for (const event of ['error', 'close'] as const) opened.reading.on(event, () => this.#release(opened));
      this.#opened = opened;
      return opened;
    } catch (cause) {
      throw new KioskFailure('reader/unavailable', {
        cause,
        facts: { missing: 'line' },
        message: `${this.#path} cannot be opened as a serial line: plug the adapter in, check reader.serialPort and the rights of the service`,
      });
    }
  }

  #release(opened: Opened): void {
    if (opened.gone) return;
    opened.gone = true;
    if (this.#opened === opened) this.#opened = undefined;
    opened.reading.destroy();
    if (opened.writing === 0) letGo(opened.handle);
  }
}
