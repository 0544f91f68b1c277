// Everything that depends on the card's generation, in one object: applications, file map, secrets, algorithms, limits.
// The next generation (two applications, ECDSA P-384) becomes a second profile; no other file may assume ids, key sizes or answer lengths.

import { fromHex } from '../core/bytes.ts';

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

export interface CardProfile {
  readonly name: string;
  /** Largest Le and largest file this generation answers (READ BINARY offsets have 15 bits). */
  readonly readChunk: number;
  readonly maxFileBytes: number;
  readonly signature: { readonly name: string; readonly hash: string; readonly digestInfoPrefix: Uint8Array };
  readonly jpki: {
    readonly aid: Uint8Array;
    readonly tokenInfo: number;
    /** Labels of CK_TOKEN_INFO and what bears them. */
    readonly tokenKinds: Readonly<Record<string, TokenKind>>;
    readonly authCertificate: number;
    readonly authKey: number;
    readonly pin: SecretRule;
    readonly certificatePolicies: readonly string[];
    issuedWithoutPin(tokenInfo: Uint8Array): boolean;
  };
  readonly visual: { readonly aid: Uint8Array; readonly face: number; readonly signer: number; readonly codeB: SecretRule };
  readonly text: { readonly aid: Uint8Array; readonly attributes: number; readonly codeB: SecretRule };
}

export type TokenKind = 'my-number' | 'resident-card' | 'android' | 'iphone';

const CODE_B = { digits: 14, maxTries: 10, safeTries: 5 } as const;

/** CK_TOKEN_INFO as the card stores it: 160 bytes, 32-bit big-endian words (PKCS #11, 3.2); flags follow label, maker, model and serial. */
export const TOKEN_INFO = { length: 160, labelLength: 32, flagsOffset: 96, userPinInitialized: 0x08 } as const;

/** The card issued since 2016: JICSAP files, RSA-2048 with SHA-256. */
export const cardProfile2016: CardProfile = {
  name: 'my-number-2016',
  readChunk: 256,
  maxFileBytes: 0x8000,
  signature: {
    name: 'RSASSA-PKCS1-v1_5-SHA-256',
    hash: 'sha256',
    // DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2 note 1).
    digestInfoPrefix: fromHex('3031300d060960864801650304020105000420'),
  },
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
    // The policy of real certificates for user authentication.
    certificatePolicies: ['1.2.392.200149.8.5.1.3.30'],
    // ASSUMPTION, not a public fact: how a 顔認証マイナンバーカード shows that it was issued without a PIN. We take it that its PIN is blocked
    // from issue on and that the token information lacks CKF_USER_PIN_INITIALIZED. Asked only when the counter reads zero, so that a card
    // with tries left always has a PIN, whatever its token information says.
    issuedWithoutPin: (tokenInfo) => ((tokenInfo[TOKEN_INFO.flagsOffset + 3] ?? 0) & TOKEN_INFO.userPinInitialized) === 0,
  },
  visual: { aid: fromHex('d3921000310001010402'), face: 0x0002, signer: 0x0004, codeB: { ...CODE_B, file: 0x0012 } },
  text: { aid: fromHex('d3921000310001010408'), attributes: 0x0002, codeB: { ...CODE_B, file: 0x0015 } },
};

/** Newest first: the first whose JPKI application the card selects is taken. */
export const CARD_PROFILES: readonly CardProfile[] = [cardProfile2016];
