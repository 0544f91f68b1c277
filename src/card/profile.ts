// Everything that depends on the card's generation, in one object: applications, file map, secrets, algorithms, limits.
// The next generation (two applications, ECDSA P-384) is a second profile, a draft; no other file may assume ids, key sizes or answer lengths.

import { fromHex } from '../core/bytes.ts';
import { RS256, type SignatureScheme } from './signature-scheme.ts';

/** One secret of the card: where it lives, how it may look, how often it may be wrong. */
export interface SecretRule {
  /** Elementary file of the secret. */
  readonly file: number;
  /** Exact number of ASCII digits. Anything else never reaches the card: many cards count a wrong length as a wrong try. */
  readonly digits: number;
  readonly maxTries: number;
  /** Below this many tries left the kiosk does not try by itself. */
  readonly safeTries: number;
}

export const CARD_GENERATIONS = ['2016', '2028-draft'] as const;
export type CardGeneration = (typeof CARD_GENERATIONS)[number];

export interface CardProfile {
  readonly name: string;
  readonly generation: CardGeneration;
  /** Largest Le and largest file this generation answers (READ BINARY offsets have 15 bits). */
  readonly readChunk: number;
  readonly maxFileBytes: number;
  readonly signature: SignatureScheme;
  readonly jpki: {
    readonly aid: Uint8Array;
    readonly tokenInfo: number;
    /** Labels of CK_TOKEN_INFO and what bears them. */
    readonly tokenKinds: Readonly<Record<string, TokenKind>>;
    readonly authCertificate: number;
    readonly authKey: number;
    readonly pin: SecretRule;
    /** EF of the key that a terminal's certificate is checked against; absent: there is no way without the PIN. */
    readonly terminalAnchor?: number;
    readonly certificatePolicies: readonly string[];
    /** By which algorithms an authority may have signed a certificate, dotted: none weaker than the card's own. */
    readonly certificateSignatures: readonly string[];
    issuedWithoutPin(tokenInfo: Uint8Array): boolean;
  };
  readonly visual: { readonly aid: Uint8Array; readonly face: number; readonly signer: number; readonly codeB: SecretRule };
  readonly text: { readonly aid: Uint8Array; readonly attributes: number; readonly codeB: SecretRule };
}

export type TokenKind = 'my-number' | 'resident-card' | 'android' | 'iphone';

export const CODE_B = { digits: 14, maxTries: 10, safeTries: 5 } as const;

/** CK_TOKEN_INFO as the card stores it: 160 bytes, 32-bit big-endian words (PKCS #11, 3.2); flags follow label, maker, model and serial. */
export const TOKEN_INFO = { length: 160, labelLength: 32, flagsOffset: 96, userPinInitialized: 0x08 } as const;

/** Whether the flags say that no PIN was ever set. */
export const pinNeverSet = (tokenInfo: Uint8Array): boolean =>
  ((tokenInfo[TOKEN_INFO.flagsOffset + 3] ?? 0) & TOKEN_INFO.userPinInitialized) === 0;

/** The card issued since 2016: JICSAP files, RSA-2048 with SHA-256. */
export const cardProfile2016: CardProfile = {
  name: 'my-number-2016',
  generation: '2016',
  readChunk: 256,
  maxFileBytes: 0x8000,
  signature: RS256,
  jpki: {
    aid: fromHex('d392f000260100000001'),
    tokenInfo: 0x0006,
    tokenKinds: {
      JPKIAPICCTOKEN2: 'my-number',
      JPKIAPICCTOKEN: 'resident-card',
      JPKIAPGPSETOKEN: 'android',
      JPKIAPIOSTOKEN: 'iphone',
    },
    authCertificate: 0x000a,
    authKey: 0x0017,
    pin: { file: 0x0018, digits: 4, maxTries: 3, safeTries: 1 },
    terminalAnchor: 0x0016,
    // The policy of real certificates for user authentication.
    certificatePolicies: ['1.2.392.200149.8.5.1.3.30'],
    // RSA with SHA-256, as real ones are signed, SHA-384 and SHA-512 (RFC 8017, A.2.4).
    certificateSignatures: ['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.12', '1.2.840.113549.1.1.13'],
    // ASSUMPTION, not a public fact: how a 顔認証マイナンバーカード shows that it was issued without a PIN. We take it that its PIN is blocked
    // from issue on and that the token information lacks CKF_USER_PIN_INITIALIZED. Asked only when the counter reads zero, so that a card
    // with tries left always has a PIN, whatever its token information says.
    issuedWithoutPin: pinNeverSet,
  },
  visual: { aid: fromHex('d3921000310001010402'), face: 0x0002, signer: 0x0004, codeB: { ...CODE_B, file: 0x0012 } },
  text: { aid: fromHex('d3921000310001010408'), attributes: 0x0002, codeB: { ...CODE_B, file: 0x0015 } },
};
