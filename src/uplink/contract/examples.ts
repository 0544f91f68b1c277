// One example of every message, for the document of the contract. All invented: no such person, card or key exists.

import type { AckMessage, CommandMessage, HealthMessage, KioskState, ReportMessage, RequestMessage, TerminalState } from './messages.ts';
import type { VisitMessage } from './visit.ts';

const place = { site: 'clinic', kiosk: 'kiosk-1' } as const;
const bootId = '019b0f3e-5c00-7a1b-8c2d-3e4f5a6b7c8d';
const visitId = '019b0f3e-7d10-7b2c-9d3e-4f5a6b7c8d9e';
const envelope = {
  v: 1,
  ...place,
  bootId,
  issuedAt: '2026-04-01T00:15:02.120Z',
  expiresAt: '2026-04-02T00:15:02.120Z',
} as const;
const birth = { v: 1, bootId, bdSeq: 3, at: '2026-04-01T00:15:00.000Z', version: '0.1.0', everySeconds: 3 } as const;
const given = { flag: '1', consentedAt: '2026-04-01T00:14:58.000Z' } as const;

export const EXAMPLES = {
  KioskState: { ...birth, status: 'ready', faults: [] } satisfies KioskState,
  TerminalState: { ...birth, status: 'ready' } satisfies TerminalState,
  Visit: {
    ...envelope,
    id: '019b0f3e-8e20-7c3d-8e4f-5a6b7c8d9eaf',
    seq: 1042,
    type: 'visit',
    visitId,
    method: 'face',
    patient: { name: '架空 ●子', address: '東京都架空区一丁目2番3号', birthdate: '1951-04-01', sex: '2' },
    consent: { SRJ: given, YZK: given, SHJ: { flag: '0' }, TKK: given },
    prescription: '1',
    certificate: { state: 'valid', derBase64: 'MIIDdDCCAlygAwIBAgIEAAAAAA==' },
    evidence: { kind: 'card-face' },
    referenceKind: '1',
    language: 'ja',
  } satisfies VisitMessage,
  Request: {
    ...envelope,
    id: '019b0f3e-6f30-7d4e-9f5a-6b7c8d9eafb0',
    seq: 38,
    expiresAt: '2026-04-01T00:16:02.120Z',
    type: 'request',
    visitId,
    ask: 'approve-visual',
    reason: 'back-lit',
    patient: { name: '架空 ●子', birthdate: '1951-04-01', sex: '2' },
  } satisfies RequestMessage,
  Ack: {
    v: 1,
    ...place,
    id: '019b0f3e-8e20-7c3d-8e4f-5a6b7c8d9eaf',
    seq: 1042,
    status: 'accepted',
    checkIn: { state: 'checked-in', number: '27' },
    at: '2026-04-01T00:15:02.180Z',
  } satisfies AckMessage,
  Command: {
    v: 1,
    ...place,
    id: '019b0f3e-9a40-7e5f-8a6b-7c8d9eafb0c1',
    name: 'approve-visual',
    visitId,
    issuedAt: '2026-04-01T00:14:30.000Z',
    expiresAt: '2026-04-01T00:15:00.000Z',
  } satisfies CommandMessage,
  Health: {
    v: 1,
    uptimeSeconds: 86400,
    rssBytes: 201326592,
    backlog: 0,
    backlogBytes: 0,
    submitted: 131,
    acknowledged: 131,
    retries: 2,
    expired: 0,
    reconnects: 1,
  } satisfies HealthMessage,
  Report: {
    v: 1,
    at: '2026-03-31T21:30:04.000Z',
    level: 'warn',
    findings: [
      { id: 'reader', level: 'ok', title: { ja: 'カードリーダー', en: 'Card reader' } },
      {
        id: 'certificates',
        level: 'warn',
        title: { ja: '証明書', en: 'Certificates' },
        advice: { ja: '証明書の期限が近づいています。更新してください。', en: 'A certificate expires soon. Renew it.' },
      },
    ],
  } satisfies ReportMessage,
} as const;
