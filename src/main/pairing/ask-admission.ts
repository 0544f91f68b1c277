// The kiosk's side of a pairing: it shows a code and asks the site again and again until somebody has typed it there.

import type { KioskConfig } from '../../config/schema.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import type { RandomBytes } from '../../core/ids.ts';
import { CODE_LIFETIME_MS, fits, keyOf, newCode, type Sealed, sealWord } from './code.ts';
import { openRequest, storeIdentity } from './identity.ts';
import { digestOf, MAX_BYTES, parseAnswer, parseSealed } from './messages.ts';

const ASK_EVERY_MS = 3_000;
const ANSWER_MS = 5_000;

/** unreachable: nobody is there yet. refused: somebody is, with another code. trouble: what was answered cannot be used or kept. */
export type PairingState = 'unreachable' | 'refused' | 'trouble';

export interface PairingParts {
  readonly config: KioskConfig;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal?: AbortSignal;
  /** Shown at once, and again with every change. */
  show(code: string, state: PairingState): void;
  /** Pause between two questions, milliseconds. */
  readonly everyMs?: number;
}

const post = async (address: string, path: string, sealed: Sealed): Promise<{ status: number; text: string } | undefined> => {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(new URL(path, address), { method: 'POST', body: JSON.stringify(sealed), redirect: 'error', signal });
    if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) return undefined;
    return { status: response.status, text: await response.text() };
  } catch {
    return undefined;
  }
};

/** Resolves when the kiosk is let in and everything is on flash. Rejects when aborted, or with storage/unwritable before anything was asked. */
export const askAdmission = async ({ config, clock, random, signal, show, everyMs = ASK_EVERY_MS }: PairingParts): Promise<void> => {
  const { request, keys } = await openRequest(config);
  const address = config.uplink.pairing ?? '';
  for (;;) {
    signal?.throwIfAborted();
    const code = newCode(random);
    const place = { site: config.site.id, kiosk: config.kiosk.id, nonce: Buffer.from(random(16)).toString('base64url') };
    const key = await keyOf(code, place);
    const asking = sealWord(key, 'request', { v: 1, ...place, request, keys });
    const digest = digestOf(asking.word);
    const born = clock.monotonicMs();
    let shown: PairingState = 'unreachable';
    show(code, shown);
    const state = (now: PairingState): void => {
      if (now !== shown) show(code, now);
      shown = now;
    };
    while (clock.monotonicMs() - born < CODE_LIFETIME_MS) {
      const reply = await post(address, '/request', asking);
      if (reply === undefined) state('unreachable');
      else if (reply.status !== 200) state('refused');
      else {
        try {
          const answer = parseSealed(reply.text);
          // Only whoever was given the code can have made this; anything else is as if nothing had come.
          if (fits(key, 'answer', answer)) {
            const told = parseAnswer(answer.word);
            if (told.request === digest) {
              await storeIdentity(config, told);
              await post(address, '/stored', sealWord(key, 'stored', { v: 1, request: digest }));
              return;
            }
          }
          state('refused');
        } catch (error) {
          if (!isFailure(error)) throw error;
          state('trouble');
        }
      }
      await sleep(clock, everyMs, signal);
    }
  }
};
