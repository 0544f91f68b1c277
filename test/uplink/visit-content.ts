// A finished visit as the kiosk hands it to its uplink: invented, and as long as a real one.

import { uuidV7 } from '../../src/core/ids.ts';
import type { VisitContent } from '../../src/uplink/contract/index.ts';

export const visitContent = (over: Partial<VisitContent> = {}): VisitContent => ({
  visitId: uuidV7(Date.now()),
  method: 'face',
  patient: { name: '架空 ●子', address: '東京都架空区一丁目', birthdate: '1951-04-01', sex: '2' },
  consent: { SRJ: { flag: '1', consentedAt: '2026-05-01T00:00:00Z' }, YZK: { flag: '1' }, SHJ: { flag: '0' } },
  certificate: { state: 'valid', derBase64: Buffer.alloc(1200, 7).toString('base64') },
  evidence: { kind: 'jpki-auth', challenge: 'AAAA', signature: Buffer.alloc(256, 9).toString('base64'), algorithm: 'RS256' },
  referenceKind: '1',
  language: 'ja',
  ...over,
});
