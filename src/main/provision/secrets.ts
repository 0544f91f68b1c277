// Secrets in the text of kazashi.toml: taken out of it line by line and put back, so that the copy on the card holds none and every
// message still names the line that the technician sees.

import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, type TomlTable } from 'smol-toml';

/** Keys whose values do not stay on a card that anybody can read. */
export const SECRET_KEYS = ['visit.staffPasscode', 'kiosk.maintenanceCode'] as const;
export type Secrets = Readonly<Partial<Record<(typeof SECRET_KEYS)[number], string>>>;

const MARK = 'kept in the kiosk; write a new value here to change it, delete this line to have none';

const nameOf = (key: string): string => key.split('.').at(-1) ?? key;
const valueAt = (root: TomlTable, key: string): unknown => {
  const [section = '', name = ''] = key.split('.');
  return (root[section] as TomlTable | undefined)?.[name];
};
const without = (root: TomlTable): TomlTable => {
  const copy = structuredClone(root);
  for (const key of SECRET_KEYS) {
    const [section = '', name = ''] = key.split('.');
    delete (copy[section] as TomlTable | undefined)?.[name];
  }
  return copy;
};

/** A line that sets the key to a string and nothing else; `before` = its indentation and the way the key is written. */
const assignment = (key: string): RegExp =>
  new RegExp(`^(\\s*(?:${key.replace('.', '\\s*\\.\\s*')}|${nameOf(key)}))\\s*=\\s*(?:"[^"]*"|'[^']*')\\s*(?:#.*)?$`);
const placeholder = (key: string): RegExp => new RegExp(`^\\s*#\\s*((?:\\w+\\s*\\.\\s*)?${nameOf(key)}): ${MARK}\\s*$`);

const lined = (text: string): { text: string; secrets: Secrets } => {
  const secrets: Record<string, string> = {};
  const root = parse(text);
  const lines = text.split('\n').map((line) => {
    for (const key of SECRET_KEYS) {
      const value = valueAt(root, key);
      const [, written] = assignment(key).exec(line.replace(/\r$/, '')) ?? [];
      if (written === undefined || typeof value !== 'string' || !line.includes(value)) continue;
      secrets[key] = value;
      return `# ${written.trim()}: ${MARK}`;
    }
    return line;
  });
  return { text: lines.join('\n'), secrets };
};

/**
 * The text without its secrets, and they. A key written in a way that cannot be taken out of its line (an inline table) makes the whole
 * file be written anew, without its comments. `text` must be TOML.
 */
export const takeSecrets = (text: string): { readonly text: string; readonly secrets: Secrets } => {
  const root = parse(text);
  const taken = lined(text);
  const left = parse(taken.text);
  const clean = SECRET_KEYS.every((key) => valueAt(left, key) === undefined);
  return clean && isDeepStrictEqual(without(left), without(root)) ? taken : lined(stringify(root));
};

/** The text with the secrets where their places are marked; a mark without a secret stays a comment. */
export const putSecrets = (text: string, secrets: Secrets): string =>
  text
    .split('\n')
    .map((line) => {
      for (const key of SECRET_KEYS) {
        const [, written] = placeholder(key).exec(line.replace(/\r$/, '')) ?? [];
        if (written !== undefined && secrets[key] !== undefined) return `${written} = ${JSON.stringify(secrets[key])}`;
      }
      return line;
    })
    .join('\n');
