// Reads pictures of the tray on a thread of its own: finding a card takes a fifth of a second of a desktop's processor, and the panel must answer
// a finger meanwhile. The other end is picture-reader.ts. Pictures and digits are zeroed on this side as soon as they are answered.

import { parentPort } from 'node:worker_threads';
import { asFailure } from '../../core/failure.ts';
import { openCardFaceNetwork } from './network.ts';
import { type FrameReading, type FrameRules, readPicture } from './read-frame.ts';

export interface ReadRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly rules: FrameRules;
}

export type ReadAnswer =
  | { readonly id: number; readonly reading: FrameReading }
  | { readonly id: number; readonly failure: { readonly code: ReturnType<typeof asFailure>['code']; readonly message: string } };

const network = openCardFaceNetwork();
network.catch(() => undefined); // told to whoever asks

parentPort?.on('message', async ({ id, bytes, rules }: ReadRequest) => {
  try {
    const reading = await readPicture(await network, bytes, rules);
    parentPort?.postMessage({ id, reading } satisfies ReadAnswer);
    if (reading.outcome === 'read') reading.code.fill(0);
  } catch (cause) {
    const { code, message } = asFailure(cause, 'card/face-unreadable');
    parentPort?.postMessage({ id, failure: { code, message } } satisfies ReadAnswer);
  } finally {
    bytes.fill(0);
  }
});
