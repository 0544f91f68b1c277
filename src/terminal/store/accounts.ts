// Accounts of the reception. Passwords are kept as scrypt hashes only and never logged.

import { randomBytes } from 'node:crypto';
import { KioskFailure } from '../../core/failure.ts';
import { ROLES, type Role } from '../model.ts';
import { hashPassword, type ScryptCost, verifyPassword } from './password.ts';
import type { Db } from './schema.ts';

// OWASP's memory for scrypt with r = 8: 2^14 × 8 × 128 bytes = 16 MiB, about 40 ms on a Pi-class core.
const COST: ScryptCost = { N: 2 ** 14, r: 8, p: 5 };

export interface Account {
  readonly id: string;
  readonly role: Role;
}

export interface Accounts {
  /** Adds an account or changes its password and role. Throws input/invalid with facts {field}. */
  put(id: string, role: string, password: string): Promise<void>;
  /** The account when the password is right; takes as long for an unknown id. */
  check(id: string, password: string): Promise<Account | undefined>;
  count(): number;
  list(): readonly Account[];
  /** Throws input/invalid for the last administrator: nobody could make another one. */
  remove(id: string): void;
}

const invalid = (field: string, message: string): KioskFailure => new KioskFailure('input/invalid', { facts: { field }, message });

/** `cost` of hashes made from now on; a hash keeps the cost it was made with. */
export const createAccounts = (db: Db, cost: ScryptCost = COST): Accounts => {
  const find = db.prepare('SELECT id, role, password FROM accounts WHERE id = ?');
  const put = db.prepare(
    'INSERT INTO accounts (id, role, password) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET role = excluded.role, password = excluded.password',
  );
  let decoy: Promise<string> | undefined;
  return {
    put: async (id, role, password) => {
      if (!/^[a-z0-9][a-z0-9._-]{0,31}$/.test(id)) throw invalid('id', 'an account id is 1 to 32 of a-z, 0-9, ".", "_" and "-"');
      if (!ROLES.some((known) => known === role)) throw invalid('role', `role is one of ${ROLES.join(', ')}`);
      if (password.length < 8) throw invalid('password', 'a password has at least 8 characters');
      put.run(id, role, await hashPassword(password, cost));
    },
    check: async (id, password) => {
      decoy ??= hashPassword(randomBytes(16).toString('hex'), cost);
      const row = find.get(id) as { id: string; role: Role; password: string } | undefined;
      const right = await verifyPassword(password, row?.password ?? (await decoy));
      return right && row !== undefined ? { id: row.id, role: row.role } : undefined;
    },
    list: () => db.prepare('SELECT id, role FROM accounts ORDER BY id').all() as Account[],
    remove: (id) => {
      const others = db.prepare("SELECT count(*) AS n FROM accounts WHERE role = 'admin' AND id <> ?").get(id) as { n: number };
      const mine = find.get(id) as { role: Role } | undefined;
      if (mine?.role === 'admin' && Number(others.n) === 0) throw invalid('id', 'the last administrator cannot be removed');
      db.prepare('DELETE FROM accounts WHERE id = ?').run(id);
    },
    count: () => Number((db.prepare('SELECT count(*) AS n FROM accounts').get() as { n: number }).n),
  };
};
