// Every word that may follow `kazashi`, each in a file of its own that is loaded only when it is asked for.

import type { Command } from './command.ts';

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  twin: async () => (await import('./commands/twin.ts')).command,
  doctor: async () => (await import('./commands/doctor.ts')).command,
  terminal: async () => (await import('./commands/terminal.ts')).command,
  'terminal-backup': async () => (await import('./commands/terminal-backup.ts')).command,
  'terminal-restore': async () => (await import('./commands/terminal-backup.ts')).restoreCommand,
  run: async () => (await import('./commands/run.ts')).command,
  card: async () => (await import('./commands/card.ts')).command,
  face: async () => (await import('./commands/face.ts')).command,
  poster: async () => (await import('./commands/poster.ts')).command,
  site: async () => (await import('./commands/site.ts')).command,
  provision: async () => (await import('./commands/provision.ts')).command,
  adopt: async () => (await import('./commands/adopt.ts')).command,
  backup: async () => (await import('./commands/backup.ts')).command,
  update: async () => (await import('./commands/update.ts')).command,
  restore: async () => (await import('./commands/backup.ts')).restoreCommand,
};

/** The command that these words mean: the first word's, or the demonstration's when it is an option or missing. */
export const commandOf = (words: readonly string[]): { readonly name: string; readonly rest: readonly string[] } => {
  const [first, ...rest] = words;
  if (first === undefined || first.startsWith('-')) return { name: 'twin', rest: words };
  return { name: first, rest };
};

export const helpText = async (): Promise<string> => {
  const usages = await Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).usage));
  return `kazashi, the controller of a face-authentication card reader\n\n${usages.map((usage) => `${usage.trimEnd()}\n`).join('')}`;
};
