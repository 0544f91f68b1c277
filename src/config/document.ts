// docs/configuration.md from the schema: one table per section.

import { z } from 'zod';
import { configSchema } from './schema.ts';

interface JsonProperty {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: JsonProperty;
  readonly anyOf?: readonly JsonProperty[];
  readonly properties?: Readonly<Record<string, JsonProperty>>;
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

const allowed = (property: JsonProperty): string => {
  if (property.enum !== undefined) return property.enum.map(code).join(', ');
  if (property.anyOf !== undefined)
    return property.anyOf.map((one) => (one.const === undefined ? allowed(one) : code(one.const))).join(', ');
  if (property.type === 'array' && property.items !== undefined) return `list of ${allowed(property.items)}`;
  if (property.properties !== undefined) return `{ ${Object.keys(property.properties).join(', ')} }`;
  if (property.type === 'boolean') return '`true`, `false`';
  const range = property.minimum === undefined ? '' : ` ${property.minimum} to ${property.maximum}`;
  if (property.type === 'integer') return `whole number${range}`;
  if (property.type === 'number') return `number${range}`;
  if (property.pattern !== undefined && property.format === undefined) return `text like \`${property.pattern.replaceAll('|', '\\|')}\``;
  return property.format === 'uri' ? 'address' : 'text';
};

/** The whole page as Markdown. */
export const configurationPage = (): string => {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as JsonProperty;
  const sections = Object.entries(root.properties ?? {}).map(([name, section]) => {
    const rows = Object.entries(section.properties ?? {}).map(
      ([key, property]) =>
        `| \`${key}\` | ${property.description ?? ''} | ${allowed(property)} | ${property.default === undefined ? '–' : code(property.default)} |`,
    );
    return [
      `## [${name}] ${section.description ?? ''}`,
      '',
      '| key | meaning | allowed | default |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  const head = [
    '# Configuration',
    '',
    '<!-- Generated from src/config/schema.ts by `npm run docs`. -->',
    '',
    'One TOML file, given with `--config FILE`. Every key has a default; an unknown key or a wrong value is refused with file, key,',
    'what was found and what is allowed.',
    '',
    '```toml',
    '[site]',
    'id = "higashi-clinic"',
    'facilityName = "東クリニック"',
    '',
    '[visit]',
    'staffPasscode = "2580"',
    '```',
    '',
  ];
  return `${[...head, ...sections].join('\n').trimEnd()}\n`;
};
