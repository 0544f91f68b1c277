// The folder a reception system watches: files appear there whole or not at all. And the other way round: a registry that answers
// from the files another terminal of the scheme dropped into a folder.

import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../core/directories.ts';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import type { EligibilityAnswer, EligibilityRegistry, Qualification } from '../eligibility/ports.ts';
import type { Patient } from '../model.ts';
import { FACE_FILE, readFaceFile } from './face-file.ts';
import { convertibleText } from './shift-jis.ts';

/**
 * Makes the folder if need be, and tries a file in it. Answers whether it was made: a folder that was not there may be a slip in its name.
 * Throws storage/unwritable.
 */
export const prepareFolder = (folder: string): boolean => {
  const made = !existsSync(folder);
  try {
    makeDirectories(folder);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `cannot make the exchange folder ${folder}` });
  }
  tryFolder(folder);
  return made;
};

/** A file that comes and goes. Throws storage/unwritable. */
export const tryFolder = (folder: string): void => {
  const trial = '.kazashi-trial';
  dropFile(folder, trial, new Uint8Array(0));
  rmSync(join(folder, trial), { force: true });
};

/**
 * Written beside its place under another name, made durable, then renamed: a watcher never sees half a file. The folder must be there: one that has
 * gone is a share that is away, and must not be made anew in its place. Throws storage/unwritable.
 */
export const dropFile = (folder: string, name: string, bytes: Uint8Array): void => {
  const passing = join(folder, `.${name}.part`);
  try {
    const file = openSync(passing, 'w', 0o600);
    try {
      writeSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(passing, join(folder, name));
    const directory = openSync(folder, 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (cause) {
    try {
      rmSync(passing, { force: true });
    } catch {
      // The folder itself is no place to remove anything from.
    }
    throw new KioskFailure('storage/unwritable', { cause, message: `cannot write to the exchange folder ${folder}` });
  }
};

const compact = (text: string | undefined): string =>
  convertibleText(text ?? '')
    .normalize('NFKC')
    .replace(/[\s-]/g, '');

/** Newest first, by the time in the name. */
const facesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => FACE_FILE.test(name))
    .sort((a, b) => (FACE_FILE.exec(b)?.[3] ?? '').localeCompare(FACE_FILE.exec(a)?.[3] ?? ''));

const NONE = { QualificationValidity: '4', ResultList: [], source: 'exchange' } as const;

/** Answers from the files of a folder; a file that cannot be read is passed over. */
export const createFolderRegistry = (folder: string): EligibilityRegistry => {
  const find = (how: '1' | '2', fits: (one: Qualification) => boolean): EligibilityAnswer => {
    for (const name of facesIn(folder)) {
      try {
        const { answer } = readFaceFile(readFileSync(join(folder, name)));
        if (answer.ResultList.some(fits)) return { ...answer, ReferenceClassification: how };
      } catch (error) {
        if (!isFailure(error)) throw error;
      }
    }
    return { ...NONE, ReferenceClassification: how };
  };
  return {
    byCard: async (patient: Patient | undefined) => {
      if (patient === undefined) return { ...NONE, ReferenceClassification: '1' };
      const [name, birth] = [compact(patient.name), compact(patient.birthdate)];
      return find('1', (one) => compact(one.Name) === name && one.Birthdate === birth);
    },
    byNumbers: async (numbers) =>
      find(
        '2',
        (one) =>
          one.InsurerNumber === compact(numbers.InsurerNumber) &&
          compact(one.InsuredIdentificationNumber) === compact(numbers.InsuredIdentificationNumber) &&
          compact(one.InsuredCardSymbol) === compact(numbers.InsuredCardSymbol) &&
          (numbers.Birthdate === undefined || one.Birthdate === compact(numbers.Birthdate)),
      ),
  };
};
