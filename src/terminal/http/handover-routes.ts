// Taking a result over into the reception system, without the items that staff leave out (G8).

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RESULT_FIELDS } from '../exchange/face-file.ts';
import type { Handover } from '../exchange/handover.ts';
import type { Audit } from '../store/audit.ts';
import type { Inbox } from '../store/inbox.ts';
import { HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';

export interface HandoverRouteParts {
  readonly guard: Guard;
  readonly inbox: Inbox;
  readonly handover: Handover;
  readonly audit: Audit;
}

const body = z.strictObject({
  leaveOut: z
    .array(z.enum(RESULT_FIELDS, { error: 'この項目はありません' }))
    .max(RESULT_FIELDS.length)
    .default([]),
});

export const handoverRoutes = (app: FastifyInstance, { guard, inbox, handover, audit }: HandoverRouteParts): void => {
  app.post<{ Params: { id: string } }>('/api/visits/:id/handover', (request) => {
    const account = guard.require(request);
    const { leaveOut } = parseBody(body, request.body);
    const visit = inbox.find(request.params.id);
    if (visit === undefined) throw new HttpRefusal(404, 'visit/unknown', 'この受付は見つかりません');
    const answer = inbox.eligibility(visit.visitId);
    if (answer === undefined || answer.ResultList.length === 0) {
      throw new HttpRefusal(409, 'handover/nothing', '取り込む資格情報がありません');
    }
    const { file, bytes } = handover.give(visit, answer, account.id, leaveOut);
    audit.add({
      account: account.id,
      action: 'handover',
      visitId: visit.visitId,
      detail: leaveOut.length > 0 ? 'items-left-out' : 'whole',
    });
    return {
      file,
      leftOut: leaveOut,
      // Without a folder the page offers the file itself; a personal document has no address of its own.
      ...(handover.folder === undefined ? { base64: Buffer.from(bytes).toString('base64') } : {}),
    };
  });
};
