// The administrator's part: accounts, and the record of who did and saw what. No patient appears here.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isFailure } from '../../core/failure.ts';
import { DAY_MS, startOfJapanDay } from '../calendar.ts';
import { ROLES } from '../model.ts';
import type { Sessions } from '../sessions.ts';
import type { Accounts } from '../store/accounts.ts';
import type { Audit, AuditFilter } from '../store/audit.ts';
import type { Inbox } from '../store/inbox.ts';
import type { Lockout } from '../store/lockout.ts';
import { badInput, HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';

export interface AccountRouteParts {
  readonly guard: Guard;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly lockout: Lockout;
  readonly audit: Audit;
  readonly inbox: Inbox;
}

const idField = z
  .string({ error: 'IDを入力してください' })
  .min(1, 'IDを入力してください')
  .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/, 'IDは半角の英小文字・数字・ . _ - で32文字までです');
const passwordField = z
  .string({ error: 'パスワードを入力してください' })
  .min(8, 'パスワードは8文字以上にしてください')
  .max(256, 'パスワードが長すぎます');
const notTheId = ({ id, password }: { id: string; password: string }): boolean => password.toLowerCase() !== id;
const NOT_THE_ID = { error: 'IDと同じパスワードは使えません', path: ['password'] };
/** A first account. */
export const newAccount = z
  .strictObject({ id: idField, role: z.enum(ROLES, { error: '役割を選んでください' }), password: passwordField })
  .refine(notTheId, NOT_THE_ID);

/** As the page sends it: a new account, or with `change` another password, and the role it had unless one is named. */
const accountBody = z
  .strictObject({
    id: idField,
    role: z.enum(ROLES, { error: '役割を選んでください' }).optional(),
    password: passwordField,
    change: z.literal(true, { error: 'change は true です' }).optional(),
  })
  .refine(notTheId, NOT_THE_ID);

const PAGE = 200;
const UNKNOWN = 'このアカウントはありません';
const EXISTS = 'このIDはもう使われています。パスワードや役割を変えるときは、一覧の「変更」を押してください';

interface AuditQuery {
  readonly before?: unknown;
  readonly account?: unknown;
  readonly visit?: unknown;
  readonly day?: unknown;
}

/** What of the record is asked for: one account's, one reception's, one day's in Japan. */
const auditFilter = ({ account, visit, day }: AuditQuery): AuditFilter => {
  const from = typeof day === 'string' ? startOfJapanDay(day) : undefined;
  if (day !== undefined && from === undefined) throw badInput('day', '日は 2026-04-01 のような日付で入力してください');
  return {
    ...(typeof account === 'string' ? { account } : {}),
    ...(typeof visit === 'string' ? { visitId: visit } : {}),
    ...(from === undefined ? {} : { from, to: from + DAY_MS }),
  };
};

export const accountRoutes = (app: FastifyInstance, { guard, accounts, sessions, lockout, audit, inbox }: AccountRouteParts): void => {
  app.get('/api/accounts', (request) => {
    guard.require(request, 'admin');
    return { accounts: accounts.list().map(({ id, role }) => ({ id, role, waitSeconds: Math.ceil(lockout.waitMs(id) / 1000) })) };
  });

  app.post('/api/accounts', async (request) => {
    const admin = guard.require(request, 'admin');
    const { id, role: wanted, password, change: changed } = parseBody(accountBody, request.body);
    const before = accounts.list().find((known) => known.id === id);
    // Whoever means to add a person must not take the account of another one by a slip of the hand.
    if (before !== undefined && changed === undefined) throw new HttpRefusal(409, 'account/exists', EXISTS, 'id');
    if (before === undefined && changed !== undefined) throw new HttpRefusal(404, 'account/unknown', UNKNOWN, 'id');
    const role = wanted ?? before?.role;
    if (role === undefined) throw badInput('role', '役割を選んでください');
    if (id === admin.id && role !== 'admin') throw badInput('role', '自分の管理者の役割は外せません');
    await accounts.put(id, role, password);
    lockout.passed(id);
    // Whoever was logged in with the old password or role is not any more.
    if (id !== admin.id) sessions.closeAccount(id);
    audit.add({ account: admin.id, action: changed === true ? 'account/changed' : 'account/added', detail: id });
    return { id, role };
  });

  app.delete<{ Params: { id: string } }>('/api/accounts/:id', (request) => {
    const admin = guard.require(request, 'admin');
    const { id } = request.params;
    if (!accounts.list().some((known) => known.id === id)) throw new HttpRefusal(404, 'account/unknown', UNKNOWN);
    try {
      accounts.remove(id);
    } catch (error) {
      if (!isFailure(error, 'input/invalid')) throw error;
      throw badInput('id', '最後の管理者は削除できません。先に別の管理者を作ってください');
    }
    sessions.closeAccount(id);
    audit.add({ account: admin.id, action: 'account/removed', detail: id });
    return { id };
  });

  // The number and moment of the reception, for as long as it is kept: who works with patients finds the name by them.
  const withVisit = <Row extends { readonly visitId?: string }>(row: Row) => {
    const visit = row.visitId === undefined ? undefined : inbox.find(row.visitId);
    if (visit === undefined) return row;
    return { ...row, visit: { number: visit.number, at: new Date(visit.at).toISOString(), kiosk: visit.kiosk } };
  };

  app.get<{ Querystring: AuditQuery }>('/api/audit', (request) => {
    const admin = guard.require(request, 'admin');
    const before = Number(request.query.before ?? Number.NaN);
    const first = Number.isNaN(before);
    if (first) audit.add({ account: admin.id, action: 'audit/read' });
    const entries = audit.list(first ? undefined : before, PAGE, auditFilter(request.query));
    return { entries: entries.map(withVisit), ...(entries.length === PAGE ? { before: entries.at(-1)?.row } : {}) };
  });

  // Apart from the entries: the whole chain of two years takes seconds.
  app.get('/api/audit/chain', async (request) => {
    guard.require(request, 'admin');
    return { brokenAt: (await audit.brokenAt()) ?? null, head: audit.head() };
  });
};
