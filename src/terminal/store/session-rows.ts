// Sessions on the disk, so that a restart of the program logs nobody out. Only a hash of the session id is kept:
// whoever reads the file cannot act as anybody.

import type { Role } from '../model.ts';
import type { SavedSession, SessionStore } from '../sessions.ts';
import type { Db } from './schema.ts';

export const createSessionRows = (db: Db): SessionStore => {
  const all = db.prepare('SELECT hash, account, role, last_used FROM sessions');
  const put = db.prepare(
    'INSERT INTO sessions (hash, account, role, last_used) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET last_used = excluded.last_used',
  );
  const drop = db.prepare('DELETE FROM sessions WHERE hash = ?');
  return {
    load: () =>
      (all.all() as { hash: string; account: string; role: Role; last_used: number }[]).map(
        ({ hash, account, role, last_used }): SavedSession => ({ hash, account: { id: account, role }, lastUsedAt: last_used }),
      ),
    save: ({ hash, account, lastUsedAt }) => {
      put.run(hash, account.id, account.role, lastUsedAt);
    },
    drop: (hash) => {
      drop.run(hash);
    },
  };
};
