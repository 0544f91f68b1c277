// 資格確認履歴 by period, the detail with eligibility (G5), and eligibility by insurance numbers (G6).

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { japanDate } from '../calendar.ts';
import { isInsurerNumber } from '../eligibility/numbers.ts';
import type { EligibilityRegistry, InsuranceNumbers } from '../eligibility/ports.ts';
import type { Inbox } from '../store/inbox.ts';
import { HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';
import { searchPeriod } from './period.ts';
import { visitView } from './views.ts';

export interface VisitRouteParts {
  readonly guard: Guard;
  readonly inbox: Inbox;
  readonly registry: EligibilityRegistry;
  now(): number;
}

/** Digits as staff type them: full width becomes ASCII, blanks and hyphens go. */
const typed = (value: string): string => value.normalize('NFKC').replace(/[\s-]/g, '');
const optional = z.string({ error: '文字で入力してください' }).max(40, '40文字までです').optional();
const numbersBody = z.strictObject({
  InsurerNumber: z
    .string({ error: '保険者番号を入力してください' })
    .transform(typed)
    .refine((value) => /^(\d{6}|\d{8})$/.test(value), '保険者番号は6桁または8桁の数字です')
    .refine(isInsurerNumber, '保険者番号の検証番号(最後の1桁)が合いません。もう一度確かめてください'),
  InsuredCardSymbol: optional,
  InsuredIdentificationNumber: z
    .string({ error: '番号を入力してください' })
    .refine((value) => typed(value) !== '', '番号を入力してください')
    .max(20, '番号は20文字までです'),
  InsuredBranchNumber: optional.refine((value) => value === undefined || /^\d{0,2}$/.test(typed(value)), '枝番は2桁までの数字です'),
});

export const visitRoutes = (app: FastifyInstance, { guard, inbox, registry, now }: VisitRouteParts): void => {
  app.get<{ Querystring: { from?: unknown; to?: unknown } }>('/api/visits', (request) => {
    guard.require(request);
    const { from, to } = searchPeriod(request.query, now());
    return { visits: inbox.list(from, to).map((visit) => visitView(visit, now())) };
  });

  app.get<{ Params: { id: string } }>('/api/visits/:id', (request) => {
    guard.require(request);
    const visit = inbox.find(request.params.id);
    if (visit === undefined) throw new HttpRefusal(404, 'visit/unknown', 'この受付は見つかりません');
    return {
      ...visitView(visit, now()),
      ...(visit.patient === undefined ? {} : { patient: visit.patient }),
      // The answer of the day of the visit: a later change of insurance does not rewrite history.
      eligibility: registry.byCard(visit.patient, japanDate(visit.at)),
    };
  });

  app.post('/api/eligibility', (request) => {
    guard.require(request);
    return registry.byNumbers(parseBody(numbersBody, request.body) as InsuranceNumbers, japanDate(now()));
  });
};
