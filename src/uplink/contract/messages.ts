// Every other message of the contract: states, the terminal's signed word, commands, requests, health numbers.
// None of these may carry personal data; only visit and request are sealed.

import { z } from 'zod';
import { FACE_HINTS } from '../../core/screens.ts';
import { bootId, boxId, envelopeFields, failureCode, instant, messageId, sequence, version } from './common.ts';
import { patientSchema } from './visit.ts';

const birthFields = {
  v: version,
  bootId,
  bdSeq: z.int().min(0).describe('Number of this connection within the run: the same in the Will and the birth'),
  at: instant,
  version: z.string().max(40).describe('Version of the program'),
  everySeconds: z
    .int()
    .min(1)
    .max(60)
    .optional()
    .describe(
      'Gives a sign of life at least this often (a kiosk: health, a terminal: this state again); three times as long in silence is gone',
    ),
};

export const KIOSK_STATUSES = ['init', 'ready', 'busy', 'out-of-service', 'offline'] as const;
/** Retained; written by the kiosk on every connect and by its Will (status offline). */
export const kioskStateSchema = z.strictObject({
  ...birthFields,
  status: z.enum(KIOSK_STATUSES),
  faults: z.array(failureCode).max(16),
});
export type KioskState = z.infer<typeof kioskStateSchema>;

/** Retained; written by the terminal on every connect and by its Will (status offline). */
export const terminalStateSchema = z.strictObject({ ...birthFields, status: z.enum(['init', 'ready', 'offline']) });
export type TerminalState = z.infer<typeof terminalStateSchema>;

/** Signed by the terminal, after the message it speaks of is durable in its inbox. */
export const ackSchema = z.strictObject({
  v: version,
  id: messageId.describe('Id of the acknowledged message'),
  site: boxId,
  kiosk: boxId,
  seq: sequence,
  status: z.enum(['accepted', 'rejected', 'duplicate']),
  code: failureCode.optional().describe('Why it was rejected'),
  checkIn: z
    .strictObject({ state: z.enum(['checked-in', 'see-reception']), number: z.string().min(1).max(12).optional() })
    .optional()
    .describe('What the patient is told; number = reception number'),
  at: instant,
});
export type AckMessage = z.infer<typeof ackSchema>;

export const COMMAND_NAMES = ['cancel', 'approve-visual', 'out-of-service', 'in-service', 'identify', 'restart', 'shutdown'] as const;
export const COMMAND_LIFETIME_MS = 30_000;
/** Signed by the terminal; lives at most 30 s. `approve-visual` and `cancel` name the one visit they are for. */
export const commandSchema = z.strictObject({
  v: version,
  id: messageId,
  site: boxId,
  kiosk: boxId,
  name: z.enum(COMMAND_NAMES),
  visitId: z.uuid().optional(),
  issuedAt: instant,
  expiresAt: instant.describe('At most 30 s after issuedAt'),
});
export type CommandMessage = z.infer<typeof commandSchema>;

/** Why staff are asked to look: what failed before, or the patient's own choice. */
const LOOK_REASONS = [...FACE_HINTS, 'camera', 'photo-unreadable', 'pin-locked', 'chosen'] as const;

/** Sealed question of the kiosk during a visit; answered by an ack (or the approve-visual command). */
export const requestContentSchema = z.strictObject({
  visitId: z.uuid(),
  ask: z
    .enum(['approve-visual', 'prescription', 'withdraw'])
    .describe('withdraw: the question of this visit is answered at the kiosk, or wanted no longer'),
  reason: z
    .string()
    .regex(/^[a-z][a-z-]{0,31}$/)
    .optional()
    .describe(`Why staff are asked to look: ${LOOK_REASONS.join(', ')}, and what may come`),
  patient: patientSchema
    .pick({ name: true, birthdate: true, sex: true })
    .optional()
    .describe('Whom staff shall look at; absent when the card face stayed closed'),
});
export type RequestContent = z.infer<typeof requestContentSchema>;
export const requestSchema = z.strictObject({ ...envelopeFields, type: z.literal('request'), ...requestContentSchema.shape });
export type RequestMessage = z.infer<typeof requestSchema>;

const word = z.string().min(1).max(400);
const LEVELS = ['ok', 'warn', 'fail'] as const;
/** Retained; what the kiosk's own examination found, every morning before opening. Of the machine alone, never of a person. */
export const reportSchema = z.strictObject({
  v: version,
  at: instant,
  level: z.enum(LEVELS).describe('The worst of the findings'),
  findings: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[a-z][a-z0-9-]{0,31}$/)
          .describe('What was examined'),
        level: z.enum(LEVELS),
        title: z.strictObject({ ja: word, en: word }),
        advice: z.strictObject({ ja: word, en: word }).optional().describe('What to do; missing when all is well'),
      }),
    )
    .max(32),
});
export type ReportMessage = z.infer<typeof reportSchema>;

const count = z.number().min(0);
/** QoS 0, numbers only. */
export const healthSchema = z.strictObject({
  v: version,
  uptimeSeconds: count,
  rssBytes: count,
  backlog: count,
  backlogBytes: count,
  submitted: count,
  acknowledged: count,
  retries: count,
  expired: count,
  reconnects: count,
});
export type HealthMessage = z.infer<typeof healthSchema>;
