// Sessions of logged-in staff: one per account, ended by 30 minutes without operation, by logout, or by a forced login elsewhere.
// They survive a restart through the store. Session ids are never logged, and only their hashes are kept.

import { createHash, randomBytes } from 'node:crypto';
import type { Account } from './store/accounts.ts';

export const IDLE_MS = 30 * 60_000;
/** How stale the stored moment of the last operation may be. */
const SAVE_EVERY_MS = 30_000;

export type SessionState =
  | { readonly state: 'active'; readonly account: Account; readonly idleMsLeft: number }
  /** none: never logged in here, or logged out. */
  | { readonly state: 'none' | 'idle' | 'taken-over' };

export interface Sessions {
  /** A new session id, or undefined when the account is in use and `force` is not set. */
  open(account: Account, force: boolean): string | undefined;
  /** Looks a session up; `operation` restarts its 30 minutes. */
  check(id: string | undefined, operation: boolean): SessionState;
  close(id: string): void;
  /** Ends every session of an account that was changed or removed. */
  closeAccount(accountId: string): void;
}

export interface SavedSession {
  readonly hash: string;
  readonly account: Account;
  /** Wall clock, milliseconds since 1970. */
  readonly lastUsedAt: number;
}

export interface SessionStore {
  load(): readonly SavedSession[];
  save(session: SavedSession): void;
  drop(hash: string): void;
}

interface Session {
  readonly account: Account;
  lastUsed: number;
  savedAt: number;
  /** Not seen since the program started: it may be a browser that was closed with the machine. */
  unseen: boolean;
}

const MEMORY: SessionStore = { load: () => [], save: () => undefined, drop: () => undefined };

const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** `monotonicMs`: the clock of the idle time; a changed wall clock must not log anybody out. `now`: the wall clock, for the store. */
export const createSessions = (monotonicMs: () => number, store: SessionStore = MEMORY, now: () => number = Date.now): Sessions => {
  const open = new Map<string, Session>();
  const ended = new Map<string, 'idle' | 'taken-over'>();
  for (const { hash, account, lastUsedAt } of store.load()) {
    const idle = Math.max(0, now() - lastUsedAt);
    if (idle >= IDLE_MS) {
      store.drop(hash);
      ended.set(hash, 'idle');
    } else open.set(hash, { account, lastUsed: monotonicMs() - idle, savedAt: monotonicMs(), unseen: true });
  }

  const remove = (hash: string): void => {
    open.delete(hash);
    store.drop(hash);
  };
  const end = (hash: string, why: 'idle' | 'taken-over'): void => {
    remove(hash);
    ended.set(hash, why);
    // The reason is a courtesy for the page that is still open; only the newest hundred are kept.
    for (const oldest of [...ended.keys()].slice(0, Math.max(0, ended.size - 100))) ended.delete(oldest);
  };
  const dropIdle = (): void => {
    for (const [hash, session] of open) if (monotonicMs() - session.lastUsed >= IDLE_MS) end(hash, 'idle');
  };
  const used = (hash: string, session: Session): void => {
    session.lastUsed = monotonicMs();
    if (monotonicMs() - session.savedAt < SAVE_EVERY_MS) return;
    session.savedAt = monotonicMs();
    store.save({ hash, account: session.account, lastUsedAt: now() });
  };

  return {
    open: (account, force) => {
      dropIdle();
      const others = [...open].filter(([, session]) => session.account.id === account.id);
      if (others.some(([, { unseen }]) => !unseen) && !force) return undefined;
      for (const [hash] of others) end(hash, 'taken-over');
      const id = randomBytes(32).toString('base64url');
      const hash = hashOf(id);
      open.set(hash, { account, lastUsed: monotonicMs(), savedAt: monotonicMs(), unseen: false });
      store.save({ hash, account, lastUsedAt: now() });
      return id;
    },
    check: (id, operation) => {
      dropIdle();
      if (id === undefined) return { state: 'none' };
      const hash = hashOf(id);
      const session = open.get(hash);
      if (session === undefined) return { state: ended.get(hash) ?? 'none' };
      session.unseen = false;
      if (operation) used(hash, session);
      return { state: 'active', account: session.account, idleMsLeft: IDLE_MS - (monotonicMs() - session.lastUsed) };
    },
    close: (id) => remove(hashOf(id)),
    closeAccount: (accountId) => {
      for (const [hash, session] of open) if (session.account.id === accountId) end(hash, 'taken-over');
    },
  };
};
