// A virtual card in a virtual reader: the wire protocol of vsmartcard's vpcd over TCP, so that any PC/SC software can talk to the card.
// Frames are a 16-bit big-endian length and that many bytes, both ways. Connecting puts the card in, closing takes it out.

import { connect } from 'node:net';
import { concat, equal, fromHex } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { VirtualCardChip } from '../ports.ts';

/** vpcd's own port on its own host. */
export const VPCD = { host: '127.0.0.1', port: 35963 } as const;

const CONTROL = { powerOff: 0x00, powerOn: 0x01, reset: 0x02, sendAtr: 0x04 } as const;

/**
 * Answer to reset as a contactless reader builds it for type B (PC/SC part 3, 3.1.3.2.3.2): four historical bytes of application data, three of
 * protocol information, the buffer length. Protocol information as reported of the card: 212 and 424 kbit/s, frames of 256, FWI 10.
 */
export const CARD_ATR = ((): Uint8Array => {
  const body = fromHex('88 80 01 000005e0 b381a1 00');
  const check = body.reduce((sum, byte) => sum ^ byte, 0);
  return concat(Uint8Array.of(0x3b), body, Uint8Array.of(check));
})();

const HEADER = 2;

export const vpcdFrame = (payload: Uint8Array): Uint8Array => concat(Uint8Array.of(payload.length >> 8, payload.length & 0xff), payload);

/** Cuts a stream into payloads, however it arrives. Holds at most one frame (64 kB) and what came with its last piece. */
export class VpcdFrames {
  #rest = new Uint8Array();

  /** Payloads that `chunk` completes, in order. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = concat(this.#rest, chunk);
    const payloads: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      if (at + HEADER > bytes.length || at + HEADER + length > bytes.length) break;
      payloads.push(bytes.slice(at + HEADER, at + HEADER + length));
      at += HEADER + length;
    }
    this.#rest = bytes.slice(at);
    return payloads;
  }
}

/** What the reader's request is answered with; undefined: nothing is sent. Rejects when the card dies. */
export const answerVpcd = async (card: VirtualCardChip, request: Uint8Array, atr = CARD_ATR): Promise<Uint8Array | undefined> => {
  if (request.length > 1) return card.transceive(request);
  if (equal(request, Uint8Array.of(CONTROL.sendAtr))) return atr;
  if (equal(request, Uint8Array.of(CONTROL.powerOff))) card.powerOff();
  if (equal(request, Uint8Array.of(CONTROL.powerOn)) || equal(request, Uint8Array.of(CONTROL.reset))) card.powerOn();
  return undefined;
};

export interface VpcdSession {
  /** Resolves when the reader is gone or `close` was called; rejects with reader/protocol when the card died under a command. */
  readonly ended: Promise<void>;
  /** Takes the card out. */
  close(): void;
}

/** Puts the card into a vpcd reader. Throws reader/unavailable with facts {host, port} when none listens there. */
export const serveVpcd = async (
  card: VirtualCardChip,
  { host = VPCD.host, port = VPCD.port }: { host?: string; port?: number } = {},
): Promise<VpcdSession> => {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => {
      const message = `no vpcd reader listens on ${host}:${port}: start pcscd with vsmartcard-vpcd installed`;
      reject(new KioskFailure('reader/unavailable', { facts: { host, port }, cause, message }));
    });
  });
  const frames = new VpcdFrames();
  const talk = async (): Promise<void> => {
    let asking = false;
    try {
      // One piece after the other: a reader waits for each answer, and a card answers one command at a time.
      for await (const chunk of socket) {
        for (const request of frames.push(chunk as Uint8Array)) {
          asking = true;
          const answer = await answerVpcd(card, request);
          asking = false;
          if (answer !== undefined) socket.write(vpcdFrame(answer));
        }
      }
    } catch (cause) {
      // Our own close, or the reader's, ends the stream early as well; only a card that dies is a failure.
      if (asking) throw new KioskFailure('reader/protocol', { cause, message: 'the virtual card stopped answering' });
    } finally {
      card.powerOff();
    }
  };
  return { ended: talk(), close: () => socket.destroy() };
};
