// The embedded stand-in for the national registry, in the terminal's own database: invented people with every answer the scheme knows,
// and every card holder it met. It is never a source of real eligibility; its answers carry source "synthetic".

import type { Patient } from '../model.ts';
import type { Db } from '../store/schema.ts';
import { type Insured, population, qualificationOn } from './population.ts';
import type { EligibilityAnswer, EligibilityRegistry, InsuranceNumbers, Qualification, QualificationValidity } from './ports.ts';
import { readingOf } from './readings.ts';
import { holderExtras, type Person } from './synthetic-person.ts';

const HOUSEHOLDS = 400;
/** Numbers of the generated people are looked up as of this day; a holder's are those of the day they were last here. */
const FOUNDED = '2026-01-01';
/** How long a holder's row may wait for others. */
const WRITE_MS = 500;

/** Digits and letters however they are typed: full width, hyphens, blanks, leading zeros of 番号. */
const plain = (text: string | undefined): string => (text ?? '').normalize('NFKC').replace(/[\s\-‐－・]/g, '');
const number = (text: string | undefined): string => plain(text).replace(/^0+(?=.)/, '');
const holderKey = ({ name, birth, sex }: Person): string => `${plain(name)}|${birth}|${sex ?? ''}`;

const answer = (how: '1' | '2', validity: QualificationValidity, list: readonly Qualification[]): EligibilityAnswer => ({
  ReferenceClassification: how,
  QualificationValidity: validity,
  ResultList: list,
  source: 'synthetic',
});

interface Row {
  insurer: string;
  number: string;
  validity: QualificationValidity;
  person: string;
  fixed: string;
}

const fromRow = ({ validity, person, fixed }: Row): Insured => ({ validity, person: JSON.parse(person), fixed: JSON.parse(fixed) });

const TABLE = `
  CREATE TABLE IF NOT EXISTS insured (
    row INTEGER PRIMARY KEY,
    holder TEXT NOT NULL UNIQUE,
    insurer TEXT NOT NULL,
    number TEXT NOT NULL,
    validity TEXT NOT NULL,
    person TEXT NOT NULL,
    fixed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS insured_numbers ON insured (insurer, number);
`;

export const createLibsqlRegistry = (db: Db): EligibilityRegistry => {
  db.exec(TABLE);
  const put = db.prepare(
    `INSERT INTO insured (holder, insurer, number, validity, person, fixed) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (holder) DO UPDATE SET insurer = excluded.insurer, number = excluded.number`,
  );
  const byHolder = db.prepare('SELECT insurer, number, validity, person, fixed FROM insured WHERE holder = ?');
  const byNumber = db.prepare('SELECT insurer, number, validity, person, fixed FROM insured WHERE insurer = ? AND number = ? ORDER BY row');
  /** Holders met whose row is not written yet: an answer is not kept waiting for the disk. Made anew from the card if lost. */
  const unwritten = new Map<string, readonly unknown[]>();
  const writeAll = db.transaction(() => {
    for (const values of unwritten.values()) put.run(...values);
  });
  const write = (): void => {
    if (unwritten.size === 0) return;
    writeAll.immediate();
    unwritten.clear();
  };
  let soon: NodeJS.Timeout | undefined;
  const writeLater = (): void => {
    if (unwritten.size === 0 || soon !== undefined) return;
    soon = setTimeout(() => {
      soon = undefined;
      try {
        write();
      } catch {
        // A full disk, or a database that is being closed: tried again with the next holder.
      }
    }, WRITE_MS).unref();
  };
  const store = (one: Insured, day: string): Qualification => {
    const found = qualificationOn(one, day);
    const { validity, person, fixed } = one;
    const [insurer, insured] = [plain(found.InsurerNumber), number(found.InsuredIdentificationNumber)];
    unwritten.set(holderKey(person), [holderKey(person), insurer, insured, validity, JSON.stringify(person), JSON.stringify(fixed)]);
    return found;
  };
  if (db.prepare('SELECT 1 FROM insured LIMIT 1').get() === undefined) {
    for (const one of population(HOUSEHOLDS)) store(one, FOUNDED);
    write();
  }

  /** Numbers change with age; only then is there something to write. */
  const sameNumbers = (row: Row, found: Qualification): boolean =>
    row.insurer === plain(found.InsurerNumber) && row.number === number(found.InsuredIdentificationNumber);

  const matches = (one: Qualification, asked: InsuranceNumbers): boolean =>
    plain(one.InsuredCardSymbol) === plain(asked.InsuredCardSymbol) &&
    (plain(asked.InsuredBranchNumber) === '' || number(one.InsuredBranchNumber) === number(asked.InsuredBranchNumber)) &&
    (plain(asked.Birthdate) === '' || one.Birthdate === plain(asked.Birthdate));

  return {
    byCard: async (patient: Patient | undefined, day: string) => {
      if (patient === undefined) return answer('1', '4', []);
      const { name, birthdate, sex, address } = patient;
      const nameKana = readingOf(name);
      const holder: Person = {
        name,
        birth: birthdate,
        sex,
        ...(nameKana === undefined ? {} : { nameKana }),
        ...(address === '' ? {} : { address }),
      };
      const row = byHolder.get(holderKey(holder)) as Row | undefined;
      const known = row === undefined ? ({ validity: '1', person: holder, fixed: holderExtras(holder) } as const) : fromRow(row);
      const found = row === undefined || !sameNumbers(row, qualificationOn(known, day)) ? store(known, day) : qualificationOn(known, day);
      writeLater();
      return answer('1', known.validity, [found]);
    },

    byNumbers: async (numbers, day) => {
      write();
      const rows = byNumber.all(plain(numbers.InsurerNumber), number(numbers.InsuredIdentificationNumber)) as Row[];
      const found = rows
        .map(fromRow)
        .map((one) => ({ one, qualification: qualificationOn(one, day) }))
        .filter(({ qualification }) => matches(qualification, numbers));
      const [only] = found;
      if (only === undefined) return answer('2', '4', []);
      const list = found.map(({ qualification }) => qualification);
      return answer('2', found.length > 1 ? '5' : only.one.validity, list);
    },
  };
};
