// What a session on a My Number Card gives: plain data, and nothing of how it was read. Buffers in it die with the session.

import type { FailureCode } from '../core/failure.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import type { CertificateState } from './trust.ts';

/** A superset of the visit's CardSummary. */
export interface CardReading {
  readonly certificate: CertificateState;
  /** DER of the certificate for user authentication; wiped by close(). */
  readonly certificateDer: Uint8Array;
  readonly hasPin: boolean;
  readonly pinTriesLeft?: number;
  readonly photo: 'ready' | 'blocked' | 'unreadable';
  /** Why the photo is not ready. */
  readonly photoFailure?: FailureCode;
  /** JPEG 2000 in a JP2 container; wiped by close(). */
  readonly photoJp2?: Uint8Array;
  /** Tries left of 照合番号B, when it was asked. */
  readonly codeTriesLeft?: number;
  readonly ageYears?: number;
}

export type CardPinOutcome =
  | { readonly outcome: 'verified' }
  | { readonly outcome: 'wrong'; readonly triesLeft: number }
  | { readonly outcome: 'blocked' }
  /** Not presented: this try would lock the card if wrong, and nobody confirmed it. */
  | { readonly outcome: 'unconfirmed'; readonly triesLeft: number };

/** A signature over a challenge, checked already against the card's own public key. */
export interface CardProof {
  readonly algorithm: SignatureScheme['name'];
  readonly signature: Uint8Array;
  /** SubjectPublicKeyInfo DER of the key that made it. */
  readonly publicKey: Uint8Array;
}

/** The part of a reading that 照合番号B opens. */
export type FaceReading = Pick<CardReading, 'photo' | 'photoFailure' | 'photoJp2' | 'codeTriesLeft' | 'ageYears'>;
