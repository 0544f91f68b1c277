// Who is asking: the session cookie, the 30 minutes, the roles. Routes ask here and nowhere else.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../model.ts';
import type { Sessions } from '../sessions.ts';
import type { Account } from '../store/accounts.ts';
import { HttpRefusal } from './errors.ts';

export const COOKIE = 'kazashi-session';
/** Sent with what a page asks by itself (a list it brings up to date): nobody operated anything. */
export const BY_ITSELF = 'x-by-itself';

const ENDED = {
  none: ['session/required', 'ログインしてください'],
  idle: ['session/expired', '30分間操作がなかったため、ログアウトしました'],
  'taken-over': ['session/taken-over', '同じIDで別の画面からログインされたため、ログアウトしました'],
} as const;

export interface Guard {
  /**
   * The account, its 30 minutes restarted unless the page asked by itself. `may`: reception (the default) = whoever works with patients; medical; admin; anyone.
   * Throws 401, or 403 when the account may not.
   */
  require(request: FastifyRequest, may?: Role | 'anyone'): Account;
  /** The account without counting this as operation; undefined when the session is over. */
  peek(request: FastifyRequest): Account | undefined;
  /** Why this browser's session is over, in a sentence; undefined while it lasts, after a logout, and where there never was one. */
  ended(request: FastifyRequest): string | undefined;
  /** Milliseconds until the session ends by itself; undefined when it is over. */
  idleMsLeft(request: FastifyRequest): number | undefined;
  grant(reply: FastifyReply, sessionId: string): void;
  revoke(request: FastifyRequest, reply: FastifyReply): void;
}

const ALLOWED: Readonly<Record<Role | 'anyone', readonly Role[]>> = {
  reception: ['reception', 'medical'],
  medical: ['medical'],
  admin: ['admin'],
  anyone: ['reception', 'medical', 'admin'],
};
const FORBIDDEN = {
  reception: '受付のアカウントでログインしてください',
  medical: '診療情報を閲覧できるアカウントでログインしてください',
  admin: '管理者のアカウントでログインしてください',
  anyone: '',
} as const;

/** `secure`: the page is served over TLS only. */
export const createGuard = (sessions: Sessions, secure = false): Guard => ({
  require: (request, may = 'reception') => {
    const found = sessions.check(request.cookies[COOKIE], request.headers[BY_ITSELF] === undefined);
    if (found.state !== 'active') {
      const [code, message] = ENDED[found.state];
      throw new HttpRefusal(401, code, message);
    }
    if (!ALLOWED[may].includes(found.account.role)) throw new HttpRefusal(403, 'session/forbidden', FORBIDDEN[may]);
    return found.account;
  },
  peek: (request) => {
    const found = sessions.check(request.cookies[COOKIE], false);
    return found.state === 'active' ? found.account : undefined;
  },
  ended: (request) => {
    const { state } = sessions.check(request.cookies[COOKIE], false);
    return state === 'idle' || state === 'taken-over' ? ENDED[state][1] : undefined;
  },
  idleMsLeft: (request) => {
    const found = sessions.check(request.cookies[COOKIE], false);
    return found.state === 'active' ? found.idleMsLeft : undefined;
  },
  // Strict and HttpOnly: no other site can act with it and no script can read it. No Max-Age: closing the browser ends it.
  grant: (reply, sessionId) => {
    void reply.setCookie(COOKIE, sessionId, { path: '/', httpOnly: true, sameSite: 'strict', secure });
  },
  revoke: (request, reply) => {
    const id = request.cookies[COOKIE];
    if (id !== undefined) sessions.close(id);
    void reply.clearCookie(COOKIE, { path: '/' });
  },
});
