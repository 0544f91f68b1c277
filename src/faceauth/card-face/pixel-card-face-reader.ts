// The reader of printed card faces that looks at the tray through a camera. It answers only what two pictures say alike and surely; a wrong code
// costs the patient one of ten tries for good, no code costs a PIN or a look by staff. The digits live in two buffers, zeroed as soon as used.

import type { CardFaceReader } from '../../card/ports.ts';
import { equal, wipe } from '../../core/bytes.ts';
import type { Clock } from '../../core/clock.ts';
import { asFailure, KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { withSignal } from '../../core/with-signal.ts';
import type { Camera } from '../ports.ts';
import type { PictureReader } from './picture-reader.ts';

/** Every digit of an accepted picture is at least so sure: what that costs and spares is measured by `npm run bench:card-face`. */
export const DEFAULT_FLOOR = 0.9;

export interface PixelCardFaceReaderOptions {
  readonly camera: Camera;
  readonly pictures: Pick<PictureReader, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly floor?: number;
  /** No answer by then: not read. */
  readonly timeoutMs?: number;
}

export class PixelCardFaceReader implements CardFaceReader {
  readonly #options: Required<PixelCardFaceReaderOptions>;

  constructor(options: PixelCardFaceReaderOptions) {
    this.#options = { floor: DEFAULT_FLOOR, timeoutMs: 5000, ...options };
  }

  /** Throws card/face-unreadable with facts {reason}, or the signal's reason. */
  async readVerificationCode(signal: AbortSignal): Promise<Uint8Array> {
    const { camera, clock, log, timeoutMs } = this.#options;
    const startedAt = clock.monotonicMs();
    const timeout = new AbortController();
    const timer = clock.setTimeout(() => timeout.abort(), timeoutMs);
    const tally = { pictures: 0, sure: 0, reason: 'no-picture' as string };
    camera.start();
    try {
      const code = await withSignal([signal, timeout.signal], (ended) => this.#watch(ended, tally));
      log.info('card.face-read', { ...numbers(tally), ms: Math.round(clock.monotonicMs() - startedAt) });
      return code;
    } catch (cause) {
      signal.throwIfAborted();
      const reason = timeout.signal.aborted ? tally.reason : (asFailure(cause, 'card/face-unreadable').facts['reason'] ?? tally.reason);
      log.info('card.face-not-read', { ...numbers(tally), reason, ms: Math.round(clock.monotonicMs() - startedAt) });
      throw new KioskFailure('card/face-unreadable', { cause, facts: { reason } });
    } finally {
      clock.clearTimeout(timer);
      camera.stop();
    }
  }

  async #watch(ended: AbortSignal, tally: { pictures: number; sure: number; reason: string }): Promise<Uint8Array> {
    const { camera, clock, floor, pictures } = this.#options;
    let agreed: Uint8Array | undefined;
    try {
      for (let seq = -1; ; ) {
        const frame = await camera.nextFrame(seq, ended);
        seq = frame.seq;
        const reading = await pictures.read(frame.jpeg, { year: new Date(clock.now()).getUTCFullYear(), floor });
        if (ended.aborted && reading.outcome === 'read') wipe(reading.code);
        ended.throwIfAborted();
        tally.pictures++;
        if (reading.outcome !== 'read') {
          tally.reason = reading.reason;
          continue;
        }
        tally.sure++;
        tally.reason = 'one-picture-only';
        if (agreed === undefined) {
          agreed = reading.code;
          continue;
        }
        if (equal(agreed, reading.code)) return reading.code;
        // Two sure pictures of one card that differ: neither is believed, nor any after them.
        wipe(reading.code);
        throw new KioskFailure('card/face-unreadable', { facts: { reason: 'pictures-differ' } });
      }
    } finally {
      wipe(agreed);
    }
  }
}

const numbers = ({ pictures, sure }: { readonly pictures: number; readonly sure: number }) => ({ pictures, sure });
