// Updates: what is believed of a bundle, and that no loss of power at any moment leaves a box that does not start.

import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import { accept } from '../../src/main/update/accept.ts';
import { findSlots } from '../../src/main/update/box-slots.ts';
import { type Bundle, makeBundle, openBundle } from '../../src/main/update/bundle.ts';
import { compareVersions, digest, readUpdateKeys } from '../../src/main/update/manifest.ts';
import type { Slot, SlotDevice } from '../../src/main/update/ports.ts';
import { MOST_TRIES, type UpdateState } from '../../src/main/update/state.ts';
import type { Remains } from '../uplink/faulty-fs.ts';
import { bundleOf, CHUNK, contentOf, type Loader, NEW, OLD, UpdateBox } from './update-box.ts';

const LOADERS: readonly Loader[] = ['systemd-boot', 'tryboot'];
/** What becomes of the new version: good; its reader fails the self-test, from the first start or from the second; it never comes as far as its program. */
type Fate = 'good' | 'failing' | 'wavering' | 'dead';
interface Power {
  /** Calls from a start (the first: of the installation) to the cut, or right after it where it has fewer; when they are used up the power stays. */
  readonly cuts: readonly (number | undefined)[];
  readonly remains: Remains;
}
interface End {
  readonly version: string;
  readonly slot: Slot;
  readonly state: UpdateState;
  readonly starts: number;
  readonly box: UpdateBox;
}

const LOST = Symbol('power');

/** The work, or LOST when the power goes within `calls` calls of the flash. */
const powered = async <T>(box: UpdateBox, calls: number | undefined, work: () => Promise<T>): Promise<T | typeof LOST> => {
  if (calls === undefined) return work();
  const { fs } = box;
  const lost = new Promise<typeof LOST>((resolve) => {
    fs.onPowerLost = () => resolve(LOST);
  });
  fs.fault = { at: fs.calls + calls, kind: 'power', errno: '' };
  const outcome = await Promise.race([work(), lost]);
  fs.fault = undefined;
  return outcome;
};

/** Installs NEW and starts the box until it has nothing more to do. Throws when it cannot be started: a brick. */
const live = async (loader: Loader, fate: Fate, { cuts, remains }: Power): Promise<End> => {
  const box = await UpdateBox.make(loader);
  const [first, ...later] = cuts;
  const installed = await powered(box, first, () => box.updater('a').install(bundleOf(NEW), async () => ['camera']));
  if (installed === LOST || first !== undefined) box.restart(remains);
  else box.restart('clean', installed.restart?.word);
  let examined = 0;
  for (let starts = 1; starts <= 30; starts += 1) {
    const { slot, tried } = await box.firmware();
    const version = await box.versionIn(slot);
    if (version === undefined || (version === NEW && fate === 'dead')) {
      if (!tried) throw new Error(`a brick: ${slot} is started for good and holds ${version ?? 'nothing whole'}`);
      box.restart('clean');
      continue;
    }
    const updater = box.updater(slot);
    const program = async (): Promise<{ word?: string } | 'stays'> => {
      const begun = await updater.atStart();
      if (begun.restart !== undefined) return begun.restart;
      if (begun.step !== 'test') return 'stays';
      examined += 1;
      const bad = fate === 'failing' || (fate === 'wavering' && examined > 1);
      const judged = await updater.judge(bad ? ['camera', 'reader'] : ['camera']);
      if (judged.step !== 'not-yet') return 'stays';
      return (await updater.giveUp((judged.failed ?? []).join(' '))).restart ?? 'stays';
    };
    const cut = later.shift();
    const done = await powered(box, cut, program);
    if (done !== LOST && done !== 'stays' && cut === undefined) box.restart('clean', done.word);
    else if (done === 'stays' && cut === undefined) return { version, slot, state: await updater.state(), starts, box };
    else box.restart(remains);
  }
  throw new Error('the box starts again and again');
};

/** What must hold at the end, whatever was cut. */
const holds = async (t: Pick<Test, 'ok' | 'equal'>, fate: Fate, { version, slot, state, box }: End, what: string): Promise<boolean> => {
  const { last } = state;
  const confirmed = last?.result === 'confirmed';
  const entriesOfOther = async () => (await box.firmware()).slot;
  const right =
    state.phase === 'idle' &&
    (version === NEW) === confirmed &&
    (slot === 'b') === confirmed &&
    (fate === 'good' || fate === 'wavering' || !confirmed) &&
    (await box.selector.defaultSlot()) === slot &&
    (await box.versionIn('a')) === OLD &&
    (await entriesOfOther()) === slot;
  if (!right) t.ok(false, `${what}: ${JSON.stringify({ version, slot, state })}`);
  return right;
};

const NOTHING_LEFT: Remains = { names: () => 0, content: (_now, synced) => synced };
const ALL_THERE: Remains = { names: (count) => count, content: (now) => now };
const TORN: Remains = {
  names: (count) => Math.ceil(count / 2),
  content: (now, synced) => Uint8Array.from([...now.subarray(0, now.length / 2), ...synced.subarray(now.length / 2, now.length)]),
};

for (const loader of LOADERS) {
  test(`${loader}: a good update is started, examined and kept; the slot before stays as it was`, async (t) => {
    const end = await live(loader, 'good', { cuts: [], remains: TORN });
    t.equal(end.version, NEW);
    t.match(end.state, { phase: 'idle', last: { result: 'confirmed', version: NEW } });
    t.equal(end.starts, 1);
    t.ok(await holds(t, 'good', end, 'good'));
  });

  test(`${loader}: an update whose self-test finds a new fault returns with that fault; an old fault is not held against it`, async (t) => {
    const end = await live(loader, 'failing', { cuts: [], remains: TORN });
    t.equal(end.version, OLD);
    t.match(end.state, { last: { result: 'returned', reason: 'reader', version: NEW } });
    t.ok(await holds(t, 'failing', end, 'failing'));
  });

  test(`${loader}: an update that never comes up is tried ${MOST_TRIES} times, then it is over`, async (t) => {
    const end = await live(loader, 'dead', { cuts: [], remains: TORN });
    t.equal(end.version, OLD);
    t.match(end.state, { last: { result: 'returned', reason: 'did-not-start' } });
    t.equal(end.starts, 2 * MOST_TRIES, 'each try, and the start of the old version after it');
  });

  test(`${loader}: a start that does not reach the boot partition uses up no try, and done again it goes on`, async (t) => {
    const box = await UpdateBox.make(loader);
    await box.updater('a').install(bundleOf(NEW), async () => []);
    box.restart('clean');
    box.mounted = false;
    for (let start = 0; start < MOST_TRIES; start += 1) await t.rejects(box.updater('a').atStart(), { code: /EIO|ENOENT/ });
    t.match(await box.updater('a').state(), { phase: 'trying', tries: 1 });
    box.mounted = true;
    t.match(await box.updater('a').atStart(), { step: 'try', restart: {} });
    t.match(await box.updater('a').state(), { phase: 'trying', tries: 2 });
  });

  test(`${loader}: a return that does not reach the boot partition is no end of it, and done again it is told`, async (t) => {
    const box = await UpdateBox.make(loader);
    await box.updater('a').install(bundleOf(NEW), async () => []);
    for (let start = 1; start < MOST_TRIES; start += 1) await box.updater('a').atStart();
    box.mounted = false;
    await t.rejects(box.updater('a').atStart());
    t.match(await box.updater('a').state(), { phase: 'trying' });
    box.mounted = true;
    t.match(await box.updater('a').atStart(), { step: 'return' });
    t.match(await box.updater('a').state(), { phase: 'idle', last: { result: 'returned', reason: 'did-not-start' } });
  });

  test(`${loader}: a cut of power in the first start of a good update does not end it`, async (t) => {
    const end = await live(loader, 'good', { cuts: [1e6, 3], remains: NOTHING_LEFT });
    t.equal(end.version, NEW);
    t.ok(end.starts > 1);
  });

  test(`${loader}: what an installation says is written is there when the power goes right after`, async (t) => {
    for (const remains of [NOTHING_LEFT, ALL_THERE, TORN]) t.equal((await live(loader, 'good', { cuts: [1e6], remains })).version, NEW);
  });

  test(`${loader}: a self-test that turns bad after the boot loader was told to keep the update still brings the old version back`, async (t) => {
    const results = new Set<string | undefined>();
    for (let at = 0; at < 40; at += 1) {
      const end = await live(loader, 'wavering', { cuts: [undefined, at], remains: NOTHING_LEFT });
      t.ok(await holds(t, 'wavering', end, `cut at call ${at}`));
      results.add(end.state.last?.result);
    }
    t.same([...results].sort(), ['confirmed', 'returned']);
  });

  test(`${loader}: the next update goes into the slot before; while it is written nothing starts that is not whole`, async (t) => {
    const { box: first } = await live(loader, 'good', { cuts: [], remains: TORN });
    const before = first.fs.calls;
    await first.updater('b').install(bundleOf(OLD), async () => []);
    const calls = first.fs.calls - before;
    for (let at = 0; at <= calls; at += 1) {
      const { box } = await live(loader, 'good', { cuts: [], remains: TORN });
      await powered(box, at, () => box.updater('b').install(bundleOf(OLD), async () => []));
      box.restart(at % 2 === 0 ? NOTHING_LEFT : TORN);
      for (const slot of box.startable())
        t.ok((await box.versionIn(slot)) !== undefined, `cut at call ${at}: ${slot} is whole or not to be started`);
      t.equal(await box.versionIn('b'), NEW);
    }
  });

  test(`${loader}: the power may go at every single call of an installation, whatever flash makes of it`, {
    timeout: 300_000,
  }, async (t) => {
    const box = await UpdateBox.make(loader);
    const before = box.fs.calls;
    await box.updater('a').install(bundleOf(NEW), async () => []);
    const calls = box.fs.calls - before;
    t.ok(calls > 30, `${calls} calls`);
    for (let at = 0; at <= calls; at += 1)
      for (const [name, remains] of Object.entries({ NOTHING_LEFT, ALL_THERE, TORN }))
        for (const fate of ['good', 'failing'] as const)
          t.ok(await holds(t, fate, await live(loader, fate, { cuts: [at], remains }), `cut at call ${at}, ${name}, ${fate}`));
  });

  test(`${loader}: after a thousand random rows of cuts one whole version starts, and the state says which and why`, {
    timeout: 300_000,
  }, async (t) => {
    const remains = fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }).map((dice): Remains => {
      let i = 0;
      const roll = () => (dice[i++ % dice.length] ?? 0) / 255;
      return {
        names: (count) => Math.round(roll() * count),
        content: (now, synced) => {
          const kept = roll();
          return kept < 0.3
            ? synced
            : kept > 0.7
              ? now
              : Uint8Array.from(now, (byte, at) => (at < now.length * kept ? byte : (synced[at] ?? 0)));
        },
      };
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(70), { minLength: 1, maxLength: 5 }),
        remains,
        fc.constantFrom<Fate>('good', 'failing', 'wavering', 'dead'),
        async (cuts, left, fate) => {
          const end = await live(loader, fate, { cuts, remains: left });
          seen.add(end.state.last?.result ?? 'never begun');
          return holds(t, fate, end, `${cuts.join(' ')} ${fate}`);
        },
      ),
      { numRuns: 1000 },
    );
    t.same([...seen].sort(), ['confirmed', 'interrupted', 'never begun', 'returned'], 'every way out was taken');
  });
}

test('a second update is refused while one is being tried, and one that returned can be installed again', async (t) => {
  const box = await UpdateBox.make('systemd-boot');
  await box.updater('a').install(bundleOf(NEW), async () => []);
  await t.rejects(
    box.updater('a').install(bundleOf(NEW), async () => []),
    { code: 'input/invalid', message: /being tried/ },
  );
  const { box: after } = await live('systemd-boot', 'failing', { cuts: [], remains: TORN });
  t.equal((await after.updater('a').install(bundleOf(NEW), async () => [])).step, 'try');
  t.match(await after.updater('a').state(), { phase: 'trying', last: { result: 'returned' } }, 'what became of the last one is still told');
});

const signed = async (t: Test) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const folder = t.testdir();
  const files = { root: join(folder, 'root'), kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  for (const [name, file] of Object.entries(files)) writeFileSync(file, contentOf(NEW, name as 'root'));
  const bundle = join(folder, 'new.kazashi');
  const about = { version: NEW, architecture: 'amd64', madeAt: '2026-11-28', dataSchema: 1, minimumDataSchema: 1 } as const;
  await makeBundle(bundle, about, files, privateKey, CHUNK);
  return { bundle, keys: readUpdateKeys(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'key.pem') };
};

test('a signed bundle gives its parts back, chunk by chunk', async (t) => {
  const { bundle, keys } = await signed(t);
  const opened = await openBundle(bundle, keys);
  t.teardown(() => opened.close());
  t.match(opened.manifest, { version: NEW, architecture: 'amd64' });
  for (const name of ['root', 'kernel', 'initrd'] as const) {
    const pieces: Uint8Array[] = [];
    for await (const { bytes, offset } of opened.chunks(name)) {
      t.equal(offset, pieces.length * CHUNK);
      pieces.push(Uint8Array.from(bytes));
    }
    t.ok(Buffer.concat(pieces).equals(contentOf(NEW, name)), name);
  }
});

test('a bundle of another key, of another length, or changed in any byte is refused with why', async (t) => {
  const { bundle, keys } = await signed(t);
  const { publicKey } = generateKeyPairSync('ed25519');
  const other = readUpdateKeys(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'other.pem');
  await t.rejects(openBundle(bundle, other), { code: 'input/invalid', message: /not signed by a key/ });
  const whole = readFileSync(bundle);
  const read = async (bytes: Uint8Array) => {
    writeFileSync(bundle, bytes);
    const opened = await openBundle(bundle, keys);
    try {
      for (const name of ['root', 'kernel', 'initrd'] as const) for await (const _ of opened.chunks(name));
    } finally {
      await opened.close();
    }
  };
  await t.rejects(read(whole.subarray(0, -1)), { message: /cut off/ });
  await t.rejects(read(Buffer.concat([whole, Buffer.from('x')])), { message: /longer/ });
  await t.rejects(read(Buffer.from('nothing of the kind')), { message: /no update/ });
  await read(whole);
  const payload = whole.indexOf(0x0a, whole.indexOf(0x0a) + 1) + 1;
  for (let at = 0; at < whole.length; at += at < payload ? 37 : 211) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await t.rejects(read(changed), { code: 'input/invalid' }, `byte ${at}`);
  }
});

test('versions are compared as numbers', (t) => {
  t.ok(compareVersions('0.10.0', '0.9.9') > 0 && compareVersions('1.0.0', '1.0.0') === 0 && compareVersions('0.1.9', '0.2.0') < 0);
  t.end();
});

/** A box with two disks that hold the same image. */
const layOut = (root: string, { running = 'aaaa-1', mounts = '' } = {}): void => {
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('proc/cmdline', `quiet kazashi.root=${running} panic=10`);
  put('proc/mounts', mounts);
  mkdirSync(join(root, 'sys/class/block'), { recursive: true });
  for (const [disk, uuids] of Object.entries({ sda: ['aaaa-1', 'AAAA-2'], sdb: ['bbbb-1', 'bbbb-2'] }))
    for (const [i, uuid] of uuids.entries()) {
      const name = `${disk}${i + 2}`;
      put(`sys/devices/${disk}/${name}/uevent`, `DEVNAME=${name}\nPARTNAME=kazashi-root-${'ab'[i]}\nPARTUUID=${uuid}\n`);
      put(`sys/devices/${disk}/${name}/size`, '8\n');
      put(`dev/${name}`, '\0'.repeat(8 * 512));
      symlinkSync(join(root, `sys/devices/${disk}/${name}`), join(root, 'sys/class/block', name));
    }
};

test('the other slot is the one on the disk that the box was started from, and the running one is never written', async (t) => {
  const root = t.testdir();
  layOut(root);
  const slots = findSlots(root);
  t.equal(slots.running, 'a');
  t.equal(slots.partUuid('b'), 'aaaa-2');
  const device = await slots.openRoot('b');
  t.equal(device.bytes, 8 * 512);
  await device.write(512, Uint8Array.of(1, 2, 3));
  await device.sync();
  t.same([...(await device.read(511, 5))], [0, 1, 2, 3, 0]);
  await device.close();
  t.equal(readFileSync(join(root, 'dev/sda3'))[513], 2);
  t.notOk(
    readFileSync(join(root, 'dev/sdb3')).some((byte) => byte !== 0),
    'the copy on the second disk is as it was',
  );
  t.throws(() => slots.openRoot('a'), { code: 'input/invalid', message: /never written/ });
});

test('a box that runs no image, or whose other slot is mounted, is not updated', (t) => {
  const root = t.testdir();
  layOut(root, { mounts: `${join(root, 'dev/sda3')} /mnt ext4 rw 0 0\n` });
  t.throws(() => findSlots(root), { message: /sda3 is mounted/ });
  writeFileSync(join(root, 'proc/cmdline'), 'root=/dev/sda1');
  t.throws(() => findSlots(root), { message: /not started by an image/ });
  t.end();
});

test('an update for another box, of another data format, or not newer is refused', (t) => {
  const box = { version: OLD, architecture: 'amd64', dataSchema: 1, older: false } as const;
  const { manifest } = bundleOf(NEW);
  accept(manifest, box);
  t.throws(() => accept({ ...manifest, architecture: 'arm64' }, box), { message: /for arm64/ });
  t.throws(() => accept({ ...manifest, dataSchema: 2 }, box), { message: /format 2/ });
  t.throws(() => accept(manifest, { ...box, version: NEW }), { message: /not newer/ });
  accept(manifest, { ...box, version: '0.3.0', older: true });
  t.end();
});

test('a root goes to the medium a few megabytes at a time, because what the kiosk keeps for its patients waits behind it', async (t) => {
  const MIB = 1024 * 1024;
  const chunk = new Uint8Array(MIB).fill(7);
  const [chunks, sha256] = [Array.from({ length: 40 }, () => digest(chunk)), digest(chunk)];
  const small = bundleOf(NEW);
  const root = { name: 'root' as const, size: 40 * MIB, sha256, chunks };
  const manifest = { ...small.manifest, chunkBytes: MIB, parts: [root, ...small.manifest.parts.filter(({ name }) => name !== 'root')] };
  const bundle: Bundle = {
    ...small,
    manifest,
    async *chunks(name) {
      if (name === 'root') for (const i of chunks.keys()) yield { offset: i * MIB, bytes: chunk };
      else yield* small.chunks(name);
    },
  };
  const box = await UpdateBox.make('systemd-boot');
  let [waiting, most, written] = [0, 0, 0];
  const device: SlotDevice = {
    bytes: 64 * MIB,
    write: async (_offset, bytes) => {
      waiting += bytes.length;
      written += bytes.length;
      most = Math.max(most, waiting);
    },
    sync: async () => {
      waiting = 0;
    },
    read: async (_offset, length) => chunk.subarray(0, length),
    close: async () => undefined,
  };
  t.match(await box.updater('a', device).install(bundle, async () => []), { step: 'try' });
  t.equal(written, 40 * MIB);
  t.equal(waiting, 0, 'all of it is there before it is read back');
  t.ok(most <= 8 * MIB, `at most ${most / MIB} MiB wait`);
});
