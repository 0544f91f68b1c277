// An update on a box that runs: what a USB stick brings is taken or refused, the kiosk's self-test decides, and what became of it is told.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import { update } from '../../src/main/doctor/update.ts';
import { accept } from '../../src/main/update/accept.ts';
import { askBySignal, failingByKiosk } from '../../src/main/update/ask-kiosk.ts';
import { makeBundle } from '../../src/main/update/bundle.ts';
import { atStart, installFromStick, type OnBox, settle } from '../../src/main/update/on-box.ts';
import type { Slot } from '../../src/main/update/ports.ts';
import { type UpdateTold, writeTold } from '../../src/main/update/told.ts';
import { CHUNK, contentOf, NEW, OLD, UpdateBox } from './update-box.ts';

/** Every pause is over at once, and was as long as it should be. */
const hurriedClock = (): Clock => {
  let now = 0;
  return {
    now: () => now,
    monotonicMs: () => now,
    setTimeout: (run, delayMs) => {
      now += delayMs;
      queueMicrotask(run);
    },
    clearTimeout: () => undefined,
  };
};

interface Lab {
  readonly on: (slot: Slot) => OnBox;
  readonly told: UpdateTold[];
  readonly restarts: (string | undefined)[];
  readonly asked: number[];
  /** What the kiosk's self-test finds. */
  failing: readonly string[];
}

const labOf = (box: UpdateBox): Lab => {
  const clock = hurriedClock();
  const lab: Lab = {
    told: [],
    restarts: [],
    asked: [],
    failing: [],
    on: (slot) => ({
      updater: box.updater(slot),
      tell: async (one) => void lab.told.push(one),
      failing: async (limitMs) => {
        lab.asked.push(limitMs);
        return lab.failing;
      },
      restart: async (word) => void lab.restarts.push(word),
      clock,
      log: { info: () => undefined, warn: () => undefined },
    }),
  };
  return lab;
};

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEYS = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const put = async (
  folder: string,
  name: string,
  version: string,
  key: KeyObject = privateKey,
  architecture: 'amd64' | 'arm64' = 'amd64',
) => {
  const files = { root: join(folder, 'root'), kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  for (const [part, file] of Object.entries(files)) writeFileSync(file, contentOf(NEW, part as 'root'));
  await makeBundle(join(folder, name), { version, architecture, madeAt: '', dataSchema: 1, minimumDataSchema: 1 }, files, key, CHUNK);
};
const stickOf = (folder: string, atBoot = false, keys: string | undefined = KEYS) => ({
  folder,
  keys,
  atBoot,
  accept: (manifest: Parameters<typeof accept>[0]) =>
    accept(manifest, { version: OLD, architecture: 'amd64', dataSchema: 1, older: false }),
});
const stickWith = async (t: Test, ...words: [string, string, KeyObject?, 'arm64'?][]): Promise<string> => {
  const folder = t.testdir();
  for (const [name, version, key, architecture] of words) await put(folder, name, version, key, architecture);
  return folder;
};

test('a stick with a newer version is written while the kiosk runs, and started; the self-test before it is the measure', async (t) => {
  const lab = labOf(await UpdateBox.make('systemd-boot'));
  lab.failing = ['camera'];
  const stick = stickOf(await stickWith(t, ['a.kazashi-update', '0.1.9'], ['b.kazashi-update', NEW], ['._b.kazashi-update', '9.0.0']));
  t.equal(await installFromStick(lab.on('a'), stick), 'installed');
  t.match(lab.told, [
    { phase: 'writing', version: NEW },
    { phase: 'trying', version: NEW },
  ]);
  t.same(lab.restarts, [undefined]);
  t.match(await lab.on('a').updater.state(), { failedBefore: ['camera'] });
});

test('a stick without an update is nobody’s business', async (t) => {
  const lab = labOf(await UpdateBox.make('systemd-boot'));
  t.equal(await installFromStick(lab.on('a'), stickOf(t.testdir({ 'photo.jpg': 'x' }))), 'nothing');
  t.same([lab.told, lab.restarts], [[], []]);
});

test('what cannot be used is refused with its reason, and the slots are as they were', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  const lab = labOf(box);
  const stranger = generateKeyPairSync('ed25519').privateKey;
  for (const [words, why] of [
    [['x.kazashi-update', NEW, stranger], /not signed by a key that this kiosk knows/],
    [['x.kazashi-update', OLD], /not newer than 0\.1\.0/],
    [['x.kazashi-update', NEW, privateKey, 'arm64'], /is for arm64, this box is amd64/],
  ] as const) {
    t.equal(await installFromStick(lab.on('a'), stickOf(await stickWith(t, words as [string, string]))), 'refused');
    t.match(lab.told.at(-1), { phase: 'idle', refused: why });
  }
  t.equal(await installFromStick(lab.on('a'), stickOf(await stickWith(t, ['x.kazashi-update', NEW]), false, '')), 'refused');
  t.match(lab.told.at(-1), { refused: /this image: holds no Ed25519 public key/ });
  t.same(lab.restarts, []);
  t.same([await box.versionIn('a'), await box.versionIn('b')], [OLD, undefined]);
  t.equal((await box.firmware()).slot, 'a');
});

test('a bundle that turns out damaged in the middle is given up with where, and the version before stays', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  const lab = labOf(box);
  const folder = await stickWith(t, ['x.kazashi-update', NEW]);
  const bytes = readFileSync(join(folder, 'x.kazashi-update'));
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  writeFileSync(join(folder, 'x.kazashi-update'), bytes);
  t.equal(await installFromStick(lab.on('a'), stickOf(folder)), 'refused');
  t.match(lab.told.at(-1), { phase: 'idle', last: { result: 'interrupted', reason: /damaged in its initrd/ }, refused: /damaged/ });
  t.equal((await box.firmware()).slot, 'a');
  t.match(await box.updater('a').state(), { phase: 'idle' });
});

test('a good version is kept, and the terminal gets a report of it', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  const lab = labOf(box);
  await installFromStick(lab.on('a'), stickOf(await stickWith(t, ['x.kazashi-update', NEW])));
  box.restart('clean');
  t.equal((await box.firmware()).slot, 'b');
  await atStart(lab.on('b'));
  const asked = lab.asked.length;
  t.equal(await settle(lab.on('b'), 60_000), 'confirmed');
  t.match(lab.told.at(-1), { phase: 'idle', last: { version: NEW, result: 'confirmed' } });
  t.equal(lab.asked.length, asked + 2);
  t.equal(await settle(lab.on('b'), 60_000), 'nothing');
  t.equal(lab.restarts.length, 1, 'the one into the new version');
});

test('a version whose kiosk keeps failing has its time, then the one before comes back and tells why', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  const lab = labOf(box);
  const folder = await stickWith(t, ['x.kazashi-update', NEW]);
  await installFromStick(lab.on('a'), stickOf(folder));
  box.restart('clean');
  await box.firmware();
  await atStart(lab.on('b'));
  lab.failing = ['reader', 'kiosk'];
  const before = lab.asked.length;
  t.equal(await settle(lab.on('b'), 60_000), 'given-up');
  t.equal(lab.asked.length - before, 4, 'at once, and every 20 seconds of a minute');
  t.equal(lab.restarts.length, 2);
  box.restart('clean');
  t.equal((await box.firmware()).slot, 'a');
  await atStart(lab.on('a'));
  t.match(lab.told.at(-1), { phase: 'idle', last: { version: NEW, result: 'returned', reason: 'reader kiosk' } });
  t.equal(await installFromStick(lab.on('a'), stickOf(folder, true)), 'nothing', 'a stick that was forgotten does not begin it again');
  t.equal(await installFromStick(lab.on('a'), stickOf(folder)), 'installed', 'one that is put in again does');
});

test('the kiosk is asked for a report of now; one that gives none in time is itself what fails', async (t) => {
  const file = join(t.testdir(), 'self-test.json');
  const report = (at: string, failing: readonly string[]) => writeFileSync(file, JSON.stringify({ at, failing }));
  report('before', ['reader']);
  const asked = (ask: () => Promise<unknown>) => failingByKiosk({ file, clock: hurriedClock(), ask }, 5000);
  t.same(await asked(async () => report('now', ['camera'])), ['camera']);
  t.same(await asked(async () => undefined), ['kiosk'], 'the report of before is none');
  t.same(await asked(() => Promise.reject(new Error('inactive'))), ['kiosk']);
});

test('a kiosk that is started anew is asked again, and its first answer counts', async (t) => {
  const file = join(t.testdir(), 'self-test.json');
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === 1) throw new Error('inactive');
    if (asked === 3) writeFileSync(file, JSON.stringify({ at: 'now', failing: ['camera'] }));
  };
  t.same(await failingByKiosk({ file, clock: hurriedClock(), ask }, 600_000), ['camera']);
  t.equal(asked, 3, 'not running, not yet listening, heard');
});

test('no signal goes to a kiosk that is not ready: until it listens, it would end it', async (t) => {
  const folder = t.testdir({ state: 'activating' });
  const [state, said] = [join(folder, 'state'), join(folder, 'said')];
  const systemctl = `#!/bin/sh\ncase "$*" in *is-active*) [ "$(cat ${state})" = active ] || exit 3 ;; *) echo "$*" >>${said} ;; esac\n`;
  writeFileSync(join(folder, 'systemctl'), systemctl, { mode: 0o755 });
  const { PATH } = process.env;
  t.teardown(() => Object.assign(process.env, { PATH }));
  Object.assign(process.env, { PATH: `${folder}:${PATH}` });
  await t.rejects(askBySignal());
  t.notOk(existsSync(said));
  writeFileSync(state, 'active');
  await askBySignal();
  t.equal(readFileSync(said, 'utf8'), 'kill --kill-whom=main --signal=SIGUSR2 kazashi.service\n');
});

test('a kiosk that was silent before an update is no reason to keep a version whose kiosk is', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  const lab = labOf(box);
  lab.failing = ['kiosk'];
  await installFromStick(lab.on('a'), stickOf(await stickWith(t, ['x.kazashi-update', NEW])));
  box.restart('clean');
  t.equal((await box.firmware()).slot, 'b');
  await atStart(lab.on('b'));
  t.equal(await settle(lab.on('b'), 60_000), 'given-up');
  t.match(lab.told.at(-1), { phase: 'trying', version: NEW });
});

test('the self-test says what became of an update, and why', async (t) => {
  const root = t.testdir();
  const finds = async (told?: UpdateTold) => {
    if (told !== undefined) await writeTold(told, root);
    return update(root).run(AbortSignal.timeout(1000));
  };
  t.match(await finds(), { level: 'ok', facts: { update: 'none' } });
  t.match(await finds({ phase: 'writing', version: NEW }), { level: 'ok', facts: { update: NEW, result: 'being written' } });
  t.match(await finds({ phase: 'trying', version: NEW }), { level: 'ok', facts: { result: 'being tried' } });
  const last = { version: NEW, result: 'confirmed', at: '' } as const;
  t.match(await finds({ phase: 'idle', last }), { level: 'ok', facts: { result: 'confirmed' } });
  const returned = { ...last, result: 'returned', reason: 'reader' } as const;
  t.match(await finds({ phase: 'idle', last: returned }), {
    level: 'warn',
    facts: { reason: 'reader' },
    advice: { en: /one before runs/ },
  });
  t.match(await finds({ phase: 'idle', last: { ...returned, result: 'interrupted', reason: 'power' } }), { level: 'warn' });
  t.match(await finds({ phase: 'idle', refused: 'x: was not signed' }), { level: 'warn', facts: { error: 'x: was not signed' } });
  mkdirSync(join(root, 'run/kazashi-update'), { recursive: true });
  writeFileSync(join(root, 'run/kazashi-update/told.json'), '{"phase": 7');
  t.match(await finds(), { level: 'ok', facts: { update: 'none' } });
});
