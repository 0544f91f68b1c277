// Sessions of logged-in staff: one per account, ended by 30 minutes without operation, by logout, or by a forced login elsewhere.
// Memory only: a restart logs everybody out. Session ids are never logged.

import { randomBytes } from 'node:crypto';
import type { Account } from './store/accounts.ts';

export const IDLE_MS = 30 * 60_000;
const TRIES = 10;
const TRIES_WINDOW_MS = 5 * 60_000;

export type SessionState =
  | { readonly state: 'active'; readonly account: Account }
  /** none: never logged in here, or logged out. */
  | { readonly state: 'none' | 'idle' | 'taken-over' };

export interface Sessions {
  /** A new session id, or undefined when the account is in use and `force` is not set. */
  open(account: Account, force: boolean): string | undefined;
  /** Looks a session up; `operation` restarts its 30 minutes. */
  check(id: string | undefined, operation: boolean): SessionState;
  close(id: string): void;
  /** Wrong passwords of one place for one account: false = too many, wait. */
  mayTry(key: string): boolean;
  failed(key: string): void;
}

interface Session {
  readonly account: Account;
  lastUsed: number;
}

/** `monotonicMs`: the clock of the idle time; a changed wall clock must not log anybody out. */
export const createSessions = (monotonicMs: () => number): Sessions => {
  const open = new Map<string, Session>();
  const ended = new Map<string, 'idle' | 'taken-over'>();
  const failures = new Map<string, number[]>();

  const end = (id: string, why: 'idle' | 'taken-over'): void => {
    open.delete(id);
    ended.set(id, why);
    // The reason is a courtesy for the page that is still open; only the newest hundred are kept.
    for (const oldest of [...ended.keys()].slice(0, Math.max(0, ended.size - 100))) ended.delete(oldest);
  };
  const dropIdle = (): void => {
    for (const [id, session] of open) if (monotonicMs() - session.lastUsed >= IDLE_MS) end(id, 'idle');
  };
  const recent = (key: string): number[] => (failures.get(key) ?? []).filter((at) => monotonicMs() - at < TRIES_WINDOW_MS);

  return {
    open: (account, force) => {
      dropIdle();
      const others = [...open].filter(([, session]) => session.account.id === account.id);
      if (others.length > 0 && !force) return undefined;
      for (const [id] of others) end(id, 'taken-over');
      const id = randomBytes(32).toString('base64url');
      open.set(id, { account, lastUsed: monotonicMs() });
      return id;
    },
    check: (id, operation) => {
      dropIdle();
      if (id === undefined) return { state: 'none' };
      const session = open.get(id);
      if (session === undefined) return { state: ended.get(id) ?? 'none' };
      if (operation) session.lastUsed = monotonicMs();
      return { state: 'active', account: session.account };
    },
    close: (id) => {
      open.delete(id);
    },
    mayTry: (key) => recent(key).length < TRIES,
    failed: (key) => {
      if (failures.size > 1000) failures.clear();
      failures.set(key, [...recent(key), monotonicMs()]);
    },
  };
};
