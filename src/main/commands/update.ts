// `kazashi update …`: a new version for a box that runs the image, from the bundle to its confirmation.

import { execFile } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../core/clock.ts';
import { createLog } from '../../core/log.ts';
import { nodeDurableFs } from '../../uplink/durable-fs.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { packageVersion } from '../package-version.ts';
import { accept, DATA_SCHEMA, type ThisBox } from '../update/accept.ts';
import { askBySignal, failingByKiosk, SELF_TEST_FILE } from '../update/ask-kiosk.ts';
import { findSlots } from '../update/box-slots.ts';
import { makeBundle, openBundle } from '../update/bundle.ts';
import { type Manifest, readUpdateKeys } from '../update/manifest.ts';
import { atStart, installFromStick, type OnBox, settle } from '../update/on-box.ts';
import type { UpdateState } from '../update/state.ts';
import { systemdBootSelector } from '../update/systemd-boot.ts';
import { writeTold } from '../update/told.ts';
import { Updater, type Verdict } from '../update/updater.ts';

const usage = `  kazashi update ACTION …    a new version for a box that runs the image
      make --root FILE --kernel FILE --initrd FILE --sign-key PEM --to FILE [--version V] [--architecture amd64|arm64]
      verify FILE --key PEM  whose it is, and every byte of it
      install FILE --key PEM [--older]   into the slot that does not run, while the kiosk runs; then restart
      stick DIR --key PEM    what a USB stick brings, while the kiosk runs; then it restarts
      start                  what a start makes of it: before the kiosk; restarts where it must
      settle --minutes N     the kiosk's self-test decides within that time, or the version before comes back
      status                 what runs, what is tried, what became of the last one
`;

const FOLDER = '/data/update';
const ENTRIES = '/boot/firmware/loader/entries';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const readKeyFile = (option: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    return refuseWords(option, `--${option} ${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
};

const signingKey = (file: string): KeyObject => {
  try {
    const key = createPrivateKey(readKeyFile('sign-key', file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith('--sign-key')) throw cause;
  }
  return refuseWords(
    'sign-key',
    `--sign-key ${file}: is no Ed25519 private key; make one with: openssl genpkey -algorithm ed25519 -out ${file}`,
  );
};

const openUpdater = (): Updater => {
  const slots = findSlots();
  const selector = systemdBootSelector({ fs: nodeDurableFs, folder: ENTRIES, partUuid: slots.partUuid });
  const log = createLog('info');
  return new Updater({ fs: nodeDurableFs, folder: FOLDER, slots, selector, running: slots.running, now: () => Date.now(), log });
};

/** Below the kiosk's RuntimeDirectory (kazashi.service). */
const KIOSK_SAYS = '/run/kazashi';
const failing = (limitMs: number): Promise<readonly string[]> =>
  failingByKiosk({ file: join(KIOSK_SAYS, SELF_TEST_FILE), clock: systemClock, ask: askBySignal }, limitMs);
const EXAMINED_WITHIN_MS = 600_000;

const systemctl = (...words: string[]): Promise<{ stdout: string }> => promisify(execFile)('systemctl', words);

const onBox = (): OnBox => ({
  updater: openUpdater(),
  tell: (told) => writeTold(told),
  failing,
  restart: async (word) => void (await systemctl('reboot', ...(word === undefined ? [] : [`--reboot-argument=${word}`]))),
  clock: systemClock,
  log: createLog('info'),
});

/** systemd has not yet started all that belongs to the start. It answers so with a status of its own. */
const isStarting = async (): Promise<boolean> => {
  const state = await systemctl('is-system-running').catch((cause: { stdout?: string }) => cause);
  return /^(initializing|starting)/.test(state.stdout ?? '');
};

const thisBox = (older: boolean): ThisBox => ({
  version: packageVersion(),
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  dataSchema: DATA_SCHEMA,
  older,
});

const told = ({ step, restart, failed = [] }: Verdict): string => {
  const word = restart?.word === undefined ? '' : ` --reboot-argument="${restart.word}"`;
  const next = restart === undefined ? '' : `; restart now: systemctl reboot${word}`;
  return `${step}${failed.length > 0 ? `: ${failed.join(', ')}` : ''}${next}`;
};

const stateText = (state: UpdateState): string => {
  const last = state.last === undefined ? '' : `\nlast: ${state.last.version} ${state.last.result} at ${state.last.at}${state.last.reason === undefined ? '' : `, ${state.last.reason}`}`; // biome-ignore format: one line of facts
  if (state.phase === 'idle') return `no update is under way${last}`;
  if (state.phase === 'writing') return `${state.version} is being written into slot ${state.to}${last}`;
  return `${state.version} in slot ${state.to} is being tried: try ${state.tries}${state.reason === undefined ? '' : `, given up: ${state.reason}`}${last}`;
};

const OPTIONS = {
  root: { type: 'string' },
  kernel: { type: 'string' },
  initrd: { type: 'string' },
  'sign-key': { type: 'string' },
  to: { type: 'string' },
  version: { type: 'string' },
  architecture: { type: 'string', default: 'amd64' },
  key: { type: 'string' },
  older: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '15' },
} as const;
const parse = (words: readonly string[]) => parseWords(words, usage, { options: OPTIONS, allowPositionals: true });
type Values = ReturnType<typeof parse>['values'];

const needed = (values: Values, action: string, option: 'root' | 'kernel' | 'initrd' | 'sign-key' | 'to' | 'key'): string =>
  values[option] ?? refuseWords(option, `update ${action} needs --${option}\n\n${usage}`);

const make = async (values: Values): Promise<void> => {
  const file = (option: 'root' | 'kernel' | 'initrd'): string => {
    const path = needed(values, 'make', option);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) refuseWords(option, `--${option} ${path}: is no file`);
    return path;
  };
  const files = { root: file('root'), kernel: file('kernel'), initrd: file('initrd') };
  const to = needed(values, 'make', 'to');
  const { version = packageVersion() } = values;
  const architecture = (['amd64', 'arm64'] as const).find((one) => one === values.architecture);
  if (architecture === undefined)
    return refuseWords('architecture', `--architecture: found "${values.architecture}"; allowed: amd64, arm64`);
  if (!/^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version))
    refuseWords('version', `--version: found "${version}"; allowed: three numbers such as 0.2.0`);
  const about = { version, architecture, madeAt: new Date().toISOString(), dataSchema: DATA_SCHEMA, minimumDataSchema: DATA_SCHEMA };
  const { parts } = await makeBundle(to, about, files, signingKey(needed(values, 'make', 'sign-key')));
  say(`${to}: ${version} for ${architecture}`);
  for (const { name, size, sha256 } of parts) say(`  ${name.padEnd(6)} ${String(size).padStart(11)} bytes  ${sha256}`);
};

const withBundle = async (
  values: Values,
  action: string,
  file: string | undefined,
  use: (bundle: Awaited<ReturnType<typeof openBundle>>) => Promise<void>,
) => {
  const path = file ?? refuseWords('FILE', `update ${action} needs a file\n\n${usage}`);
  const key = needed(values, action, 'key');
  const bundle = await openBundle(path, readUpdateKeys(readKeyFile('key', key), key));
  try {
    await use(bundle);
  } finally {
    await bundle.close();
  }
};

const fromStick = async (values: Values, folder: string): Promise<void> => {
  const key = needed(values, 'stick', 'key');
  const stick = {
    folder,
    keys: existsSync(key) ? readKeyFile('key', key) : undefined,
    accept: (manifest: Manifest) => accept(manifest, thisBox(false)),
    atBoot: await isStarting(),
  };
  say(await installFromStick(onBox(), stick));
};

const minutes = ({ minutes: found }: Values): number => {
  const number = Number(found);
  return Number.isInteger(number) && number >= 1 && number <= 240
    ? number
    : refuseWords('minutes', `--minutes: found "${found}"; allowed: whole numbers from 1 to 240`);
};

const act = async (action: string, file: string | undefined, values: Values): Promise<number | void> => {
  switch (action) {
    case 'make':
      return make(values);
    case 'verify':
      return withBundle(values, action, file, async (bundle) => {
        const { version, architecture, madeAt, parts } = bundle.manifest;
        for (const { name } of parts) for await (const _ of bundle.chunks(name));
        say(`${file}: ${version} for ${architecture}, made ${madeAt}, signed and whole`);
      });
    case 'install':
      return withBundle(values, action, file, async (bundle) => {
        accept(bundle.manifest, thisBox(values.older));
        say(told(await openUpdater().install(bundle, () => failing(EXAMINED_WITHIN_MS))));
      });
    case 'stick':
      return fromStick(values, file ?? refuseWords('DIR', `update ${action} needs a folder\n\n${usage}`));
    case 'start':
      return atStart(onBox());
    case 'settle':
      return say(await settle(onBox(), minutes(values) * 60_000));
    case 'status':
      return say(stateText(await openUpdater().state()));
    default:
      return refuseWords('ACTION', `update: found "${action}"; allowed: make, verify, install, stick, start, settle, status\n\n${usage}`);
  }
};

export const command: Command = {
  usage,
  async run(words) {
    const { values, positionals } = parse(words);
    const [action, file, ...rest] = positionals;
    if (action === undefined || rest.length > 0) return refuseWords('arguments', `update needs an action\n\n${usage}`);
    return (await act(action, file, values)) ?? 0;
  },
};
