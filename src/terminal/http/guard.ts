// Who is asking: the session cookie, the 30 minutes, the roles. Routes ask here and nowhere else.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../model.ts';
import type { Sessions } from '../sessions.ts';
import type { Account } from '../store/accounts.ts';
import { HttpRefusal } from './errors.ts';

export const COOKIE = 'kazashi-session';

const ENDED = {
  none: ['session/required', 'ログインしてください'],
  idle: ['session/expired', '30分間操作がなかったため、ログアウトしました'],
  'taken-over': ['session/taken-over', '同じIDで別の画面からログインされたため、ログアウトしました'],
} as const;

export interface Guard {
  /** The account, its 30 minutes restarted. Throws 401, or 403 when the account lacks `role`. */
  require(request: FastifyRequest, role?: Role): Account;
  /** The account without counting this as operation; undefined when the session is over. */
  peek(request: FastifyRequest): Account | undefined;
  grant(reply: FastifyReply, sessionId: string): void;
  revoke(request: FastifyRequest, reply: FastifyReply): void;
}

export const createGuard = (sessions: Sessions): Guard => ({
  require: (request, role) => {
    const found = sessions.check(request.cookies[COOKIE], true);
    if (found.state !== 'active') {
      const [code, message] = ENDED[found.state];
      throw new HttpRefusal(401, code, message);
    }
    if (role !== undefined && found.account.role !== role) {
      throw new HttpRefusal(403, 'session/forbidden', '診療情報を閲覧できるアカウントでログインしてください');
    }
    return found.account;
  },
  peek: (request) => {
    const found = sessions.check(request.cookies[COOKIE], false);
    return found.state === 'active' ? found.account : undefined;
  },
  // Strict and HttpOnly: no other site can act with it and no script can read it. No Max-Age: closing the browser ends it.
  grant: (reply, sessionId) => {
    void reply.setCookie(COOKIE, sessionId, { path: '/', httpOnly: true, sameSite: 'strict' });
  },
  revoke: (request, reply) => {
    const id = request.cookies[COOKIE];
    if (id !== undefined) sessions.close(id);
    void reply.clearCookie(COOKIE, { path: '/' });
  },
});
