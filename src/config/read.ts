// Reads kazashi.toml. A wrong value is refused with file, key, what was found and what is allowed; nothing is guessed.

import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { KioskFailure } from '../core/failure.ts';
import { readPlainFile } from '../core/plain-file.ts';
import { lineOf } from './line-of.ts';
import { configSchema, type KioskConfig } from './schema.ts';

/** Keys whose value must not be repeated in an error. */
const SECRET_KEYS = new Set(['visit.staffPasscode', 'kiosk.maintenanceCode']);

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  );

const allowed = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `allowed: ${issue.expected}`;
    case 'invalid_value':
      return `allowed: ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `allowed: at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`;
    case 'too_big':
      return `allowed: at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`;
    case 'unrecognized_keys':
      return 'no such key; docs/configuration.md lists them';
    default:
      return `allowed: ${issue.message}`;
  }
};

const describe = (file: string, text: string, root: unknown, issue: z.core.$ZodIssue): string => {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const key = path.join('.');
  const found = SECRET_KEYS.has(key) ? 'a value that is not shown' : shown(valueAt(root, path));
  const line = lineOf(text, path);
  return `${file}: ${line === undefined ? '' : `line ${line}: `}${key}: found ${found}; ${allowed(issue)}`;
};

/** Checks TOML text. Throws config/invalid whose message names file, line, key, what was found and what is allowed, one line each. */
export const parseConfig = (text: string, file: string): KioskConfig => {
  let root: unknown;
  try {
    root = parse(text);
  } catch (cause) {
    const where = cause instanceof TomlError ? `line ${cause.line}, column ${cause.column}: ` : '';
    throw new KioskFailure('config/invalid', {
      message: `${file}: ${where}not a TOML file; strings go in quotes, sections in [brackets], see docs/configuration.md`,
      facts: { file },
    });
  }
  const checked = configSchema.safeParse(root);
  if (checked.success) return checked.data;
  const lines = checked.error.issues.map((issue) => describe(file, text, root, issue));
  throw new KioskFailure('config/invalid', { message: lines.join('\n'), facts: { file, problems: lines.length } });
};

/** A thousand times the longest sensible one. */
const MAX_CONFIG_BYTES = 1024 ** 2;

/** Reads and checks a file. Throws config/invalid when it cannot be read or holds a wrong value. */
export const readConfig = (file: string): KioskConfig => {
  const content = readPlainFile(file, MAX_CONFIG_BYTES);
  if (content instanceof Uint8Array) return parseConfig(new TextDecoder().decode(content), file);
  const { fault, reason } = content;
  throw new KioskFailure('config/invalid', {
    message: `${file}: ${fault} (${reason}); give the path of a TOML file with --config`,
    facts: { file, reason },
  });
};
