// A simulated chip's side of the synthetic scheme authentication: a terminal's certificate in two parts, checked against the anchor in the chip,
// then the terminal's signature over the chip's last challenge. Volatile: forgets everything with the security status.

import type { KeyObject } from 'node:crypto';
import { isFailure } from '../../core/failure.ts';
import { parseTlv } from '../ber.ts';
import { encodeCvCertificate, parseCvCertificate } from '../cv-certificate.ts';
import { signatureHolds } from '../signature.ts';
import { hashOf } from './keys.ts';

export class TerminalCheck {
  #body: Uint8Array | undefined;
  #terminal: KeyObject | undefined;
  #challenge: Uint8Array | undefined;

  reset(): void {
    this.#body = undefined;
    this.#terminal = undefined;
    this.#challenge = undefined;
  }

  takeBody(body: Uint8Array): void {
    this.reset();
    this.#body = body.slice();
  }

  /** Whether the body that came before it carries this signature (5F37) of the anchor. */
  takeSignature(signature: Uint8Array, anchor: KeyObject): boolean {
    const body = this.#body;
    this.reset();
    try {
      const certificate = parseCvCertificate(encodeCvCertificate(body ?? new Uint8Array(), parseTlv(signature).value));
      if (!signatureHolds(hashOf(anchor), anchor, certificate.body, certificate.signature)) return false;
      this.#terminal = certificate.publicKey;
      return true;
    } catch (error) {
      if (isFailure(error, 'card/malformed')) return false;
      throw error;
    }
  }

  noteChallenge(challenge: Uint8Array): void {
    this.#challenge = challenge.slice();
  }

  /** Whether the terminal signed the last challenge; a challenge is good for one answer. */
  takeResponse(signature: Uint8Array): boolean {
    const [terminal, challenge] = [this.#terminal, this.#challenge];
    this.#challenge = undefined;
    return terminal !== undefined && challenge !== undefined && signatureHolds(hashOf(terminal), terminal, challenge, signature);
  }
}
