// The one message this appliance exists for: a finished visit, as it is inside the seal. Codes are those of the national scheme's result.
// It has no place for an image, an embedding, a PIN, 照合番号 or the My Number: a field that is not listed is refused before it is sealed.

import { z } from 'zod';
import { LANGUAGES } from '../../core/screens.ts';
import { envelopeFields, instant } from './common.ts';

const base64 = (maxChars: number) => z.base64().min(4).max(maxChars);

/** Text of the card face. 「●」 stands for a character that could not be converted. Sex: 1 male, 2 female, 3 not stated. */
export const patientSchema = z.strictObject({
  name: z.string().min(1).max(120),
  address: z.string().max(400),
  birthdate: z.iso.date(),
  sex: z.enum(['1', '2', '3']),
});

/** 同意フラグ: 0 none, 1 given, 2 expired, 3 could not be obtained. */
export const CONSENT_FLAGS = ['0', '1', '2', '3'] as const;
export const consentFlagSchema = z.strictObject({
  flag: z.enum(CONSENT_FLAGS),
  consentedAt: instant.optional().describe('When the patient answered'),
});

/** SRJ 診療, YZK 薬剤, SHJ 手術, TKK 特定健診, TSR 特定疾病療養受療証. An item that is absent was not asked. */
export const CONSENT_ITEMS = ['SRJ', 'YZK', 'SHJ', 'TKK', 'TSR'] as const;
export const consentSchema = z.strictObject({
  SRJ: consentFlagSchema.optional(),
  YZK: consentFlagSchema.optional(),
  SHJ: consentFlagSchema.optional(),
  TKK: consentFlagSchema.optional(),
  TSR: consentFlagSchema.optional(),
});

export const CERTIFICATE_STATES = [
  'valid',
  'expires-soon',
  'expired-in-grace',
  'expired',
  'not-yet-valid',
  'revoked',
  'untrusted',
  'tampered',
] as const;
export const certificateSchema = z.strictObject({
  state: z.enum(CERTIFICATE_STATES).describe("The kiosk's judgement at the moment of the visit"),
  derBase64: base64(6000).describe('User-authentication certificate (X.509 DER)'),
});

/** JWA names (RFC 7518, 3.1) of what cards sign with: today's RSA-2048 cards, and P-384 ones, whose signature is r and s in a row. */
export const EVIDENCE_ALGORITHMS = ['RS256', 'ES384'] as const;
const algorithm = z
  .enum(EVIDENCE_ALGORITHMS)
  .describe('RS256: RSASSA-PKCS1-v1_5 with SHA-256; ES384: ECDSA on P-384 with SHA-384, r and s in a row');

/** What lets the terminal check for itself that this card was there. */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('jpki-auth').describe("The card's user-authentication key signed the challenge after its PIN"),
    challenge: base64(128),
    signature: base64(700),
    algorithm,
  }),
  z.strictObject({
    kind: z.literal('card-face').describe("The issuer's signature over the card face file was checked, and the face compared"),
    challenge: base64(128).optional().describe('Digest block that was signed, or a challenge answered by the card'),
    signature: base64(700).optional(),
    algorithm: algorithm.optional(),
  }),
  z.strictObject({ kind: z.literal('none').describe('A member of staff looked') }),
]);

/** What the visit itself says: the kiosk adds the envelope. */
export const visitContentSchema = z.strictObject({
  visitId: z.uuid(),
  method: z.enum(['face', 'pin', 'staff']),
  patient: patientSchema.optional().describe('Absent when the card face stayed closed'),
  consent: consentSchema,
  prescription: z.enum(['1', '2']).optional().describe('処方箋: 1 electronic, 2 paper'),
  certificate: certificateSchema,
  evidence: evidenceSchema,
  referenceKind: z.literal('1').describe('照会区分: 1 by card'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/)
    .describe(`Language of the screens: ${LANGUAGES.join(', ')}, and what may come`),
});
export type VisitContent = z.infer<typeof visitContentSchema>;

export const visitSchema = z.strictObject({ ...envelopeFields, type: z.literal('visit'), ...visitContentSchema.shape });
export type VisitMessage = z.infer<typeof visitSchema>;
