// Login, logout and who is logged in (G4). Passwords pass through here and are neither kept nor logged.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Sessions } from '../sessions.ts';
import type { Accounts, AuditEntry } from '../store/accounts.ts';
import { HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';

export interface DemoAccount {
  readonly id: string;
  readonly role: string;
  readonly password: string;
}

export interface SessionRouteParts {
  readonly guard: Guard;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  /** Shown on the login page; empty outside a demonstration. */
  readonly demoAccounts: readonly DemoAccount[];
  readonly site: string;
  audit(entry: AuditEntry): void;
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

export const sessionRoutes = (app: FastifyInstance, parts: SessionRouteParts): void => {
  const { guard, sessions, accounts, audit } = parts;

  app.post('/api/login', async (request, reply) => {
    const { id, password, force = false } = parseBody(loginBody, request.body);
    const attempt = `${request.ip}|${id}`;
    if (!sessions.mayTry(attempt)) {
      throw new HttpRefusal(429, 'session/too-many-tries', 'パスワードの間違いが続いています。5分ほど待ってからもう一度お試しください');
    }
    const account = await accounts.check(id, password);
    if (account === undefined) {
      sessions.failed(attempt);
      throw new HttpRefusal(401, 'session/wrong-password', 'IDまたはパスワードが違います');
    }
    const session = sessions.open(account, force);
    if (session === undefined) throw new HttpRefusal(409, 'session/in-use', IN_USE);
    audit({ account: account.id, action: force ? 'login-forced' : 'login' });
    guard.grant(reply, session);
    return { id: account.id, role: account.role };
  });

  app.post('/api/logout', (request, reply) => {
    const account = guard.peek(request);
    if (account !== undefined) audit({ account: account.id, action: 'logout' });
    guard.revoke(request, reply);
    return reply.send({ ok: true });
  });

  app.get('/api/session', (request) => ({
    site: parts.site,
    account: guard.peek(request) ?? null,
    accountsExist: accounts.count() > 0,
    demoAccounts: parts.demoAccounts,
  }));
};
