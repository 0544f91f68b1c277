// DRAFT of the card announced for fiscal 2028 (Digital Agency, task force on the next card, final report 2024-03-18): two applications instead of
// four, ECDSA on P-384 with SHA-384, name in kana and Latin letters. Application and file ids are NOT PUBLISHED: those here are invented, the
// application ids of the unregistered kind (ISO/IEC 7816-4, 8.2.1.2: first byte F). They prove that a generation is one object, nothing more.

import { fromHex } from '../core/bytes.ts';
import { type CardProfile, CODE_B, cardProfile2016, pinNeverSet } from './profile.ts';
import { ES384 } from './signature-scheme.ts';

/** "KAZASHI" and the number of the application. */
const AUTHENTICATION = fromHex('f04b415a4153484901');
const CARD_FACE = fromHex('f04b415a4153484902');
/** Phones and cards of the former system would say what they are as they do today. */
const { JPKIAPICCTOKEN2: _today, ...FORMER_TOKENS } = cardProfile2016.jpki.tokenKinds;
const FACE_CODE = { ...CODE_B, file: 0x12 };

export const cardProfile2028Draft: CardProfile = {
  name: 'my-number-2028-draft',
  generation: '2028-draft',
  readChunk: 256,
  maxFileBytes: 0x8000,
  signature: ES384,
  jpki: {
    aid: AUTHENTICATION,
    tokenInfo: 0x06,
    tokenKinds: { ...FORMER_TOKENS, JPKIAPICCTOKEN3: 'my-number' },
    authCertificate: 0x0a,
    authKey: 0x17,
    pin: { file: 0x18, digits: 4, maxTries: 3, safeTries: 1 },
    certificatePolicies: cardProfile2016.jpki.certificatePolicies,
    // ECDSA with SHA-384 and SHA-512 (RFC 5758, 3.2).
    certificateSignatures: ['1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4'],
    issuedWithoutPin: pinNeverSet,
  },
  // One application holds the card face and the text: its code is presented once.
  visual: { aid: CARD_FACE, face: 0x02, signer: 0x04, codeB: FACE_CODE },
  text: { aid: CARD_FACE, attributes: 0x08, codeB: FACE_CODE },
};

/** In the order they are asked for: the first whose authentication application the card selects is taken. Today's card first: it is on the tray. */
export const CARD_PROFILES: readonly CardProfile[] = [cardProfile2016, cardProfile2028Draft];

export const profileOf = (generation: CardProfile['generation']): CardProfile =>
  CARD_PROFILES.find((profile) => profile.generation === generation) ?? cardProfile2016;
