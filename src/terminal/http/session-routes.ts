// Login, logout and who is logged in (G4). Passwords pass through here and are neither kept nor logged.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Kiosks } from '../kiosks.ts';
import type { Sessions } from '../sessions.ts';
import type { Accounts } from '../store/accounts.ts';
import type { Audit } from '../store/audit.ts';
import type { Lockout } from '../store/lockout.ts';
import { newAccount } from './account-routes.ts';
import { clientCertificate } from './certificate.ts';
import { badInput, HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';

export interface DemoAccount {
  readonly id: string;
  readonly role: string;
  readonly password: string;
}

export interface Contact {
  readonly label: string;
  readonly phone: string;
}

export interface SessionRouteParts {
  readonly guard: Guard;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  /** Shown on the login page; empty outside a demonstration. */
  readonly demoAccounts: readonly DemoAccount[];
  readonly site: string;
  readonly lockout: Lockout;
  readonly audit: Audit;
  /** Whom to call, shown beside faults (G13). */
  readonly contacts: readonly Contact[];
  /** Whether the browser must show a client certificate. */
  readonly certificates: boolean;
  /** Whose certificates let nobody in. */
  readonly kiosks: Pick<Kiosks, 'has'>;
}

/** The sentence staff know from the terminals in use today (G4). */
const IN_USE = '前回正常にログアウトされていなかった可能性があります。または、該当ユーザは既に使用されています。強制的にログインしますか？';

const text = (what: string, max: number) =>
  z
    .string({ error: `${what}を入力してください` })
    .min(1, `${what}を入力してください`)
    .max(max, `${what}が長すぎます`);
const loginBody = z.strictObject({
  id: text('ID', 64),
  password: text('パスワード', 256),
  force: z.boolean({ error: 'force は true か false です' }).optional(),
});

const firstAccounts = z.strictObject({ accounts: z.array(newAccount).min(1).max(10) });

/** Only the machine itself may make the first accounts, addressed as itself: no other place, and no name that leads here by trickery. */
const isThisMachine = (request: FastifyRequest): boolean =>
  /^(::ffff:)?127\.|^::1$/.test(request.ip) && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '');

const minutes = (ms: number): string => (ms < 60_000 ? `${Math.ceil(ms / 1000)}秒` : `${Math.ceil(ms / 60_000)}分`);

export const sessionRoutes = (app: FastifyInstance, parts: SessionRouteParts): void => {
  const { guard, sessions, accounts, lockout, audit } = parts;

  app.post('/api/login', { config: { rateLimit: { max: 120, timeWindow: 60_000 } } }, async (request, reply) => {
    const { id, password, force = false } = parseBody(loginBody, request.body);
    const wait = lockout.waitMs(id);
    if (wait > 0) {
      void reply.header('retry-after', Math.ceil(wait / 1000));
      const text = `パスワードの間違いが続いています。${minutes(wait)}ほど待ってからもう一度お試しください`;
      throw new HttpRefusal(429, 'session/too-many-tries', text);
    }
    const account = await accounts.check(id, password);
    if (account === undefined) {
      lockout.failed(id);
      // An id that exists, or nothing: what was typed instead of one may be a password.
      const known = accounts.list().some((one) => one.id === id);
      audit.add({ account: known ? id : '-', action: 'login-wrong' });
      throw new HttpRefusal(401, 'session/wrong-password', 'IDまたはパスワードが違います');
    }
    lockout.passed(id);
    const session = sessions.open(account, force);
    if (session === undefined) throw new HttpRefusal(409, 'session/in-use', IN_USE);
    const place = parts.certificates ? clientCertificate(request, parts.kiosks)?.name : undefined;
    audit.add({ account: account.id, action: force ? 'login-forced' : 'login', ...(place === undefined ? {} : { detail: place }) });
    guard.grant(reply, session);
    return { id: account.id, role: account.role };
  });

  app.post('/api/logout', (request, reply) => {
    const account = guard.peek(request);
    if (account !== undefined) audit.add({ account: account.id, action: 'logout' });
    guard.revoke(request, reply);
    return reply.send({ ok: true });
  });

  app.get('/api/session', (request) => ({
    site: parts.site,
    account: guard.peek(request) ?? null,
    ended: guard.ended(request),
    accountsExist: accounts.count() > 0,
    demoAccounts: parts.demoAccounts,
    contacts: parts.contacts,
    certificate: parts.certificates ? (clientCertificate(request, parts.kiosks) ?? null) : undefined,
    idleSecondsLeft: Math.ceil((guard.idleMsLeft(request) ?? 0) / 1000),
  }));

  // Typing and reading are operation too, and never reach the server by themselves.
  app.post('/api/session/continue', (request) => {
    guard.require(request, 'anyone');
    return { idleSecondsLeft: Math.ceil((guard.idleMsLeft(request) ?? 0) / 1000) };
  });

  app.post('/api/setup', async (request) => {
    if (accounts.count() > 0) throw new HttpRefusal(409, 'setup/done', 'アカウントはもう作られています。管理者に追加を頼んでください');
    if (!isThisMachine(request))
      throw new HttpRefusal(403, 'setup/elsewhere', '最初のアカウントは、この端末の画面（http://127.0.0.1）で作ってください');
    const wanted = parseBody(firstAccounts, request.body).accounts;
    if (!wanted.some(({ role }) => role === 'admin')) throw badInput('accounts', '管理者のアカウントを1つ作ってください');
    if (new Set(wanted.map(({ id }) => id)).size < wanted.length) throw badInput('accounts', '同じIDが2つあります');
    for (const { id, role, password } of wanted) {
      await accounts.put(id, role, password);
      audit.add({ account: '-', action: 'account/added', detail: id });
    }
    return { accounts: accounts.list() };
  });
};
