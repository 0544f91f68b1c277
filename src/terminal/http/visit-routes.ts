// 資格確認履歴 by period, the detail with eligibility (G5), and eligibility by insurance numbers (G6).

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { birthDateProblem, readBirthDate } from '../birth-date.ts';
import { japanDate } from '../calendar.ts';
import { isInsurerNumber } from '../eligibility/numbers.ts';
import type { EligibilityRegistry, InsuranceNumbers } from '../eligibility/ports.ts';
import { doubtfulFields, type Handover } from '../exchange/handover.ts';
import type { Audit } from '../store/audit.ts';
import type { Inbox } from '../store/inbox.ts';
import { COUNT_LIMIT, type VisitQuery } from '../store/visit-pages.ts';
import { badInput, HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';
import { searchPeriod } from './period.ts';
import { visitView } from './views.ts';

export interface VisitRouteParts {
  readonly guard: Guard;
  readonly inbox: Inbox;
  readonly registry: EligibilityRegistry;
  readonly handover: Handover;
  readonly audit: Audit;
  now(): number;
}

/** Digits as staff type them: full width becomes ASCII, blanks and hyphens go. */
const typed = (value: string): string => value.normalize('NFKC').replace(/[\s-]/g, '');
const optional = z.string({ error: '文字で入力してください' }).max(40, '40文字までです').optional();
const NO_BIRTH_DATE = '生年月日は「昭和25年3月4日」「S25.3.4」「1950-03-04」のように、ある日付で入力してください';
const numbersBody = (today: string) =>
  z.strictObject({
    InsurerNumber: z
      .string({ error: '保険者番号を入力してください' })
      .transform(typed)
      .refine((value) => value !== '', '保険者番号を入力してください')
      .refine((value) => value === '' || /^(\d{6}|\d{8})$/.test(value), '保険者番号は6桁または8桁の数字です')
      .refine(isInsurerNumber, '保険者番号の検証番号(最後の1桁)が合いません。もう一度確かめてください'),
    InsuredCardSymbol: optional,
    InsuredIdentificationNumber: z
      .string({ error: '番号を入力してください' })
      .refine((value) => typed(value) !== '', '番号を入力してください')
      .max(20, '番号は20文字までです'),
    InsuredBranchNumber: optional.refine((value) => value === undefined || /^\d{0,2}$/.test(typed(value)), '枝番は2桁までの数字です'),
    Birthdate: optional.transform((value, context) => {
      if (value === undefined || value.trim() === '') return undefined;
      const birth = readBirthDate(value);
      const problem = birth === undefined ? NO_BIRTH_DATE : birthDateProblem(birth, today);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      return birth?.replaceAll('-', '');
    }),
  });
const searchBody = z.strictObject({
  text: z.string({ error: '文字で入力してください' }).max(60, '60文字までです'),
  from: z.string().optional(),
  to: z.string().optional(),
  after: z.string().optional(),
  limit: z.int({ error: 'limit は整数です' }).min(1, 'limit は 1 からです').max(1000, 'limit は 1000 までです').optional(),
});

const DEFAULT_LIMIT = 1000;
const queryNumber = (field: string, value: unknown, most: number): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most) throw badInput(field, `${field} は 1 から ${most} までの数です`);
  return number;
};
const cursor = (value: unknown): { readonly at: number; readonly row: number } | undefined => {
  if (value === undefined) return undefined;
  const found = /^(\d{1,15})-(\d{1,15})$/.exec(String(value));
  if (found === null) throw badInput('after', 'after は前の一覧の next の値です');
  return { at: Number(found[1]), row: Number(found[2]) };
};

export const visitRoutes = (app: FastifyInstance, { guard, inbox, registry, handover, audit, now }: VisitRouteParts): void => {
  app.get<{ Querystring: { from?: unknown; to?: unknown; limit?: unknown; after?: unknown } }>('/api/visits', (request) => {
    const account = guard.require(request);
    const { from, to } = searchPeriod(request.query, now());
    const after = cursor(request.query.after);
    const limit = request.query.limit === undefined ? DEFAULT_LIMIT : queryNumber('limit', request.query.limit, DEFAULT_LIMIT);
    return answerPage({ from, to, limit, ...(after === undefined ? {} : { after }) }, account.id, 'visits/list');
  });

  // A name is personal: it goes in the body, never in an address.
  app.post('/api/visits/search', (request) => {
    const account = guard.require(request);
    const { text, from: first, to: last, after: place, limit = DEFAULT_LIMIT } = parseBody(searchBody, request.body);
    const { from, to } = searchPeriod({ from: first, to: last }, now());
    const after = cursor(place);
    return answerPage({ from, to, limit, text, ...(after === undefined ? {} : { after }) }, account.id, 'visits/search');
  });

  const answerPage = (query: VisitQuery, account: string, action: string) => {
    const { visits, total, next } = inbox.page(query);
    // Which days, and whether a name or number was given: what it was is personal and stays out.
    const days = `${japanDate(query.from)}/${japanDate(query.to - 1)}`;
    audit.add({ account, action, detail: query.text === undefined ? days : `${days} text` });
    return {
      visits: visits.map((visit) => visitView(visit, now())),
      total,
      ...(total < COUNT_LIMIT ? {} : { orMore: true }),
      ...(next === undefined ? {} : { next: `${next.at}-${next.row}` }),
    };
  };

  app.get<{ Params: { id: string } }>('/api/visits/:id', async (request) => {
    const account = guard.require(request);
    const visit = inbox.find(request.params.id);
    if (visit === undefined) throw new HttpRefusal(404, 'visit/unknown', 'この受付は見つかりません');
    audit.add({ account: account.id, action: 'visit/open', visitId: visit.visitId });
    const approval = audit.approval(visit.visitId);
    const transfer = handover.of(visit.visitId);
    const eligibility = inbox.eligibility(visit.visitId) ?? (await registry.byCard(visit.patient, japanDate(visit.at)));
    return {
      ...visitView(visit, now()),
      ...(visit.patient === undefined ? {} : { patient: visit.patient }),
      // The answer of the day of the visit: a later change of insurance does not rewrite history.
      eligibility,
      doubtful: doubtfulFields(eligibility),
      ...(approval === undefined ? {} : { approval: { account: approval.account, at: new Date(approval.at).toISOString() } }),
      ...(transfer === undefined ? {} : { handover: { ...transfer, at: new Date(transfer.at).toISOString() } }),
      handoverFolder: handover.folder !== undefined,
    };
  });

  app.post('/api/eligibility', async (request) => {
    const account = guard.require(request);
    const asked = parseBody(numbersBody(japanDate(now())), request.body);
    const found = await registry.byNumbers(asked as InsuranceNumbers, japanDate(now()));
    // The numbers are personal: how many people were seen is what the record says.
    audit.add({ account: account.id, action: 'eligibility/search', detail: `found-${found.ResultList.length}` });
    return found;
  });
};
