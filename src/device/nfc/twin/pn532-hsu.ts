// The simulated PN532 on a serial line (UM0701-02, 6.2.3): asleep until woken, no ready byte, frames go out as soon as they are made.

import { FrameParser } from '../frame-parser.ts';
import type { SerialPort } from '../ports.ts';
import { TwinChip, type TwinChipOptions } from './chip.ts';
import { serialMs } from './timing.ts';

export interface TwinPn532HsuOptions extends TwinChipOptions {
  readonly baud?: number;
  /** Largest piece the line delivers at once, as a driver's buffer does. */
  readonly pieceBytes?: number;
}

const WAKE_UP = 0x55;

export class TwinPn532Hsu extends TwinChip implements SerialPort {
  readonly #baud: number;
  readonly #pieceBytes: number;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  readonly #parser = new FrameParser();
  #awake = false;
  #talk: Promise<void> = Promise.resolve();
  /** What is said after this many forgettings is not heard. */
  #epoch = 0;

  constructor(options: TwinPn532HsuOptions = {}) {
    super(options);
    this.#baud = options.baud ?? 115_200;
    this.#pieceBytes = options.pieceBytes ?? 32;
    this.solder({
      say: (frame, taken) => {
        const epoch = this.#epoch;
        this.#talk = this.#talk.then(async () => {
          for (let at = 0; at < frame.length && this.#epoch === epoch; at += this.#pieceBytes) {
            const piece = frame.slice(at, at + this.#pieceBytes);
            await this.wires.take(serialMs(piece.length, this.#baud));
            for (const listener of this.#listeners) listener(piece.slice());
          }
          taken();
        });
      },
      forget: () => {
        this.#epoch += 1;
      },
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.wires.take(serialMs(bytes.length, this.#baud));
    // A line knows nothing of who listens: bytes to an unplugged or sleeping chip are lost.
    if (!this.plugged) {
      this.#awake = false;
      return;
    }
    this.#awake ||= bytes[0] === WAKE_UP;
    if (!this.#awake) return;
    // The chip's own receiver drops what is no frame once the sender pauses, and with it what stands inside.
    for (const frame of this.#parser.hear(this.disturbed('command', bytes))) {
      if (frame.kind === 'damaged') break;
      this.hear(frame);
    }
    this.#parser.end();
    this.#parser.takeSkipped();
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.stop();
  }
}
