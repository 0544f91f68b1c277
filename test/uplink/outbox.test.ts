// Flash: power lost at every system call, every errno, damaged files, bounds, the lock.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { isFailure } from '../../src/core/failure.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { openDocument } from '../../src/uplink/durable-adapter.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { nodeProcessTable, takeLock } from '../../src/uplink/lock.ts';
import { Outbox, type OutboxOptions } from '../../src/uplink/outbox.ts';
import { type Fault, FaultyFs, type Remains } from './faulty-fs.ts';
import { temporaryFolder } from './helpers.ts';

const FOLDER = '/data/outbox';

const open = (fs: OutboxOptions['fs'], over: Partial<OutboxOptions> = {}) =>
  Outbox.open({ fs, folder: FOLDER, maxMessages: 100, maxBytes: 1_000_000, onCorrupt: () => undefined, ...over });

const message = (seq: number, bytes = 64) => ({
  id: uuidV7(1_800_000_000_000 + seq),
  seq,
  channel: 'visit' as const,
  issuedAt: 1_800_000_000_000,
  expiresAt: 1_800_086_400_000,
  sealed: new TextEncoder().encode(String(seq).padEnd(bytes, 'x')),
});

/** Appends and removes by turns; what it was promised is kept in `stored`. Ends early when a call fails. */
const work = async (fs: FaultyFs, stored: Map<string, Uint8Array>, maybe: Set<string>, steps: readonly ('append' | 'remove')[]) => {
  const outbox = await open(fs);
  for (const step of steps) {
    if (step === 'append') {
      const next = message(outbox.nextSeq);
      maybe.add(next.id);
      await outbox.append(next);
      stored.set(next.id, next.sealed);
    } else {
      const [oldest] = outbox.entries();
      if (oldest === undefined) continue;
      stored.delete(oldest.id);
      await outbox.remove(oldest.id);
    }
  }
};

const STEPS = ['append', 'append', 'remove', 'append', 'remove', 'remove', 'append'] as const;

const callsOf = async (steps: readonly ('append' | 'remove')[]): Promise<number> => {
  const fs = new FaultyFs();
  await work(fs, new Map(), new Set(), steps);
  return fs.calls;
};

/** Runs `steps` with the fault, reboots, and says what is wrong (nothing, it is hoped). */
const survive = async (fault: Fault, kept: Remains | boolean, steps: readonly ('append' | 'remove')[]): Promise<string | undefined> => {
  const fs = new FaultyFs();
  fs.fault = fault;
  const stored = new Map<string, Uint8Array>();
  const maybe = new Set<string>();
  const dark = new Promise<void>((resolve) => {
    fs.onPowerLost = resolve;
  });
  try {
    await Promise.race([work(fs, stored, maybe, steps), dark]);
  } catch (error) {
    if (!isFailure(error, 'storage/unwritable')) return `threw ${String(error)}`;
  }
  const after = fs.reboot(kept);
  const corrupt: number[] = [];
  const outbox = await open(after, { onCorrupt: (seq) => corrupt.push(seq) });
  const found = new Map(outbox.entries().map((entry) => [entry.id, entry]));
  for (const [id, sealed] of stored) {
    const payload = await outbox.payload(id);
    if (payload === undefined) return `lost ${id}`;
    if (Buffer.compare(payload, sealed) !== 0) return `changed ${id}`;
  }
  const seqs = [...found.values()].map(({ seq }) => seq);
  if (new Set(seqs).size !== seqs.length) return 'two messages with one seq';
  if ([...found.keys()].some((id) => !maybe.has(id))) return 'something that never was';
  if (stored.size > 0 && outbox.nextSeq <= Math.max(...[...stored.keys()].map((id) => found.get(id)?.seq ?? 0))) return 'seq went back';
  await outbox.append(message(outbox.nextSeq));
  return undefined;
};

test('power lost between any two system calls loses nothing that was promised', async (t) => {
  const calls = await callsOf(STEPS);
  t.ok(calls >= 24, `${calls} places to die`);
  for (let at = 0; at < calls; at += 1) {
    for (const kept of [true, false]) {
      const wrong = await survive({ at, kind: 'power', errno: '' }, kept, STEPS);
      if (wrong !== undefined) t.fail(`power lost before call ${at}, unsynced names ${kept ? 'kept' : 'gone'}: ${wrong}`);
    }
  }
});

test('ENOSPC, EIO and EROFS at any call become storage/unwritable, and what was stored before stays', async (t) => {
  const calls = await callsOf(STEPS);
  for (const errno of ['ENOSPC', 'EIO', 'EROFS']) {
    for (const kind of ['once', 'from-then-on'] as const) {
      for (let at = 0; at < calls; at += 1) {
        const wrong = await survive({ at, kind, errno }, true, STEPS);
        if (wrong !== undefined) t.fail(`${errno} ${kind} at call ${at}: ${wrong}`);
      }
    }
  }
  t.pass(`${calls * 6} faults`);
});

test('any order of appending and removing survives any cut', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('append' as const, 'append' as const, 'remove' as const), { minLength: 1, maxLength: 14 }),
      fc.nat(400),
      fc.boolean(),
      async (steps, cut, kept) => {
        const calls = await callsOf(steps);
        const wrong = await survive({ at: cut % calls, kind: 'power', errno: '' }, kept, steps);
        if (wrong !== undefined) throw new Error(wrong);
      },
    ),
    { numRuns: 150 },
  );
  t.pass();
});

test('power lost after any call, what was not synced kept, lost or torn at random: nothing promised is lost', async (t) => {
  let cases = 0;
  const calls = await callsOf(STEPS);
  for (let at = 0; at <= calls; at += 1) {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (names, dice) => {
          const next = () => dice.next().value as number;
          const remains: Remains = {
            names: (count) => Math.round(names * count),
            content: (now, synced) => {
              const fate = next();
              if (fate < 1 / 3) return now;
              return fate < 2 / 3 ? synced : now.slice(0, Math.floor(next() * now.length));
            },
          };
          cases += 1;
          const wrong = await survive({ at, kind: 'power', errno: '' }, remains, STEPS);
          if (wrong !== undefined) throw new Error(`before call ${at}: ${wrong}`);
        },
      ),
      { numRuns: 40 },
    );
  }
  t.ok(cases > 1_000, `${cases} losses of power`);
});

test('an empty, cut or changed file is put aside and told; the others are sent', async (t) => {
  for (const change of [
    () => new Uint8Array(0),
    (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2),
    (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length - 4 ? byte ^ 1 : byte)),
    () => new TextEncoder().encode('null\nnull\n'),
  ]) {
    const fs = new FaultyFs();
    const first = await open(fs);
    for (let seq = 1; seq <= 3; seq += 1) await first.append(message(seq));
    const victim = fs.paths().find((path) => path.includes('000000000002')) ?? '';
    fs.damage(victim, change);
    const corrupt: number[] = [];
    const second = await open(fs, { onCorrupt: (seq) => corrupt.push(seq) });
    t.same(corrupt, [2]);
    t.same(
      second.entries().map(({ seq }) => seq),
      [1, 3],
    );
    t.equal(second.nextSeq, 4);
    t.equal(fs.paths().filter((path) => path.endsWith('.bad')).length, 1);
    const third = await open(fs, { onCorrupt: (seq) => corrupt.push(seq) });
    t.equal(third.count, 2, 'put aside once');
  }
});

test('a message damaged while the kiosk runs is told when it is to be sent', async (t) => {
  const fs = new FaultyFs();
  const corrupt: number[] = [];
  const outbox = await open(fs, { onCorrupt: (seq) => corrupt.push(seq) });
  const { id } = await outbox.append(message(1));
  fs.damage(fs.paths()[0] ?? '', () => new Uint8Array(0));
  t.equal(await outbox.payload(id), undefined);
  t.same(corrupt, [1]);
  t.equal(outbox.count, 0);
  t.equal(await outbox.payload(id), undefined);
  await outbox.remove(id);
});

test('bounds by count and by bytes refuse new messages and drop none', async (t) => {
  const byCount = await open(new FaultyFs(), { maxMessages: 2 });
  await byCount.append(message(1));
  await byCount.append(message(2));
  await t.rejects(byCount.append(message(3)), { code: 'uplink/outbox-full', facts: { messages: 2, maxMessages: 2 } });
  await byCount.remove(byCount.entries()[0]?.id ?? '');
  await byCount.append(message(3));
  t.equal(byCount.count, 2);
  const byBytes = await open(new FaultyFs(), { maxBytes: 200 });
  await byBytes.append(message(1, 150));
  await t.rejects(byBytes.append(message(2, 51)), { code: 'uplink/outbox-full', facts: { bytes: 150 } });
  t.equal((await byBytes.append(message(2, 50))).bytes, 50);
});

test('the number of calls for one message does not grow with the backlog', async (t) => {
  const fs = new FaultyFs();
  const outbox = await open(fs, { maxMessages: 5_000 });
  const cost = async (seq: number): Promise<number> => {
    const before = fs.calls;
    await outbox.append(message(seq));
    return fs.calls - before;
  };
  const first = await cost(1);
  for (let seq = 2; seq < 300; seq += 1) await cost(seq);
  t.equal(await cost(300), first);
});

test('files are private, and the newest name is kept so that the sequence never restarts', async (t) => {
  const { path, remove } = temporaryFolder();
  t.teardown(remove);
  const folder = join(path, 'outbox');
  const outbox = await open(nodeDurableFs, { folder });
  const { id } = await outbox.append(message(1));
  t.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  writeFileSync(join(folder, 'left.tmp'), 'half');
  for (let bad = 0; bad < 20; bad += 1) writeFileSync(join(folder, `${String(bad).padStart(3, '0')}.bad`), '');
  await outbox.remove(id);
  const next = await open(nodeDurableFs, { folder });
  t.equal(next.nextSeq, 2);
  t.equal(next.count, 0);
  t.equal(readdirSync(folder).filter((name) => name.endsWith('.tmp')).length, 0);
  t.equal(readdirSync(folder).filter((name) => name.endsWith('.bad')).length, 16);
  await next.append(message(2));
  t.same(
    readdirSync(folder).filter((name) => name.endsWith('.done')),
    [],
  );
  const unreadable = { ...nodeDurableFs, list: () => Promise.reject(Object.assign(new Error(), { code: 'EIO' })) };
  await t.rejects(open(unreadable, { folder }), { code: 'storage/unwritable', facts: { operation: 'open', errno: 'EIO' } });
});

test('a document keeps its previous generation and falls back to it', async (t) => {
  const { path, remove } = temporaryFolder();
  t.teardown(remove);
  const file = join(path, 'document.json');
  const document = await openDocument(nodeDurableFs, file, { count: 0 });
  t.same(document.data, { count: 0 }, 'what is not there yet is empty');
  for (let count = 1; count <= 3; count += 1) {
    document.data = { count };
    await document.write();
  }
  t.same((await openDocument(nodeDurableFs, file, { count: 0 })).data, { count: 3 });
  writeFileSync(file, readFileSync(file).subarray(0, 20));
  const aside: string[] = [];
  const fallen = await openDocument(nodeDurableFs, file, { count: 0 }, (name) => aside.push(name));
  t.same(fallen.data, { count: 2 });
  t.equal(aside.length, 1);
  await fallen.write();
  t.same((await openDocument(nodeDurableFs, file, { count: 0 })).data, { count: 2 });
  writeFileSync(file, '');
  writeFileSync(`${file}.prev`, '');
  t.same((await openDocument(nodeDurableFs, file, { count: 9 })).data, { count: 9 }, 'both generations gone: empty, no exception');
  const missing = { ...nodeDurableFs, read: () => Promise.reject(Object.assign(new Error(), { code: 'EIO' })) };
  await t.rejects(openDocument(missing, file, {}), { code: 'storage/unwritable', facts: { operation: 'read', errno: 'EIO' } });
});

test('power lost while a document is rewritten leaves the last promised generation or the next', async (t) => {
  const rewrite = async (fs: FaultyFs, promised: { count: number }) => {
    const document = await openDocument(fs, '/data/document', { count: 0 });
    for (let count = 1; count <= 4; count += 1) {
      document.data = { count };
      await document.write();
      promised.count = count;
    }
  };
  const whole = new FaultyFs();
  await rewrite(whole, { count: 0 });
  for (let at = 0; at < whole.calls; at += 1) {
    for (const kept of [true, false]) {
      const fs = new FaultyFs();
      fs.fault = { at, kind: 'power', errno: '' };
      const promised = { count: 0 };
      const dark = new Promise<void>((resolve) => {
        fs.onPowerLost = resolve;
      });
      await Promise.race([rewrite(fs, promised), dark]);
      const { data } = await openDocument(fs.reboot(kept), '/data/document', { count: 0 });
      if (data.count !== promised.count && data.count !== promised.count + 1) t.fail(`cut at ${at}: ${data.count} for ${promised.count}`);
    }
  }
  t.equal(whole.calls, 2 + 6 + 3 * 7);
});

test('a damaged file that cannot be put aside is told by its own name', async (t) => {
  const fs = new FaultyFs();
  await (await open(fs)).append(message(1));
  const [file = ''] = fs.paths();
  fs.damage(file, () => new Uint8Array(0));
  fs.rename = () => Promise.reject(Object.assign(new Error(), { code: 'EROFS' }));
  const aside: string[] = [];
  const document = await openDocument<unknown>(fs, file, null, (name) => aside.push(name));
  t.same(aside, [file]);
  t.equal(document.data, null);
});

test('one process writes; a lock left behind by a dead one is taken over', async (t) => {
  const { path, remove } = temporaryFolder();
  t.teardown(remove);
  mkdirSync(path, { recursive: true });
  const release = await takeLock(nodeDurableFs, path, nodeProcessTable);
  await t.rejects(takeLock(nodeDurableFs, path, nodeProcessTable), {
    code: 'storage/unwritable',
    facts: { operation: 'lock', errno: 'LOCKED', pid: process.pid },
  });
  await release();
  for (const left of [
    JSON.stringify({ pid: 2 ** 22 + 1, started: 'x' }),
    JSON.stringify({ pid: process.pid, started: 'an earlier process of that number' }),
    '',
  ]) {
    writeFileSync(join(path, 'lock'), left);
    await (await takeLock(nodeDurableFs, path, nodeProcessTable))();
    t.same(readdirSync(path), []);
  }
  const readOnly = { ...nodeDurableFs, create: () => Promise.reject(Object.assign(new Error(), { code: 'EROFS' })) };
  await t.rejects(takeLock(readOnly, path, nodeProcessTable), { code: 'storage/unwritable', facts: { operation: 'lock', errno: 'EROFS' } });
  // A card that a power cut made read-only still has the lock of the process that was cut off.
  writeFileSync(join(path, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: 'x' }));
  const worn = { ...nodeDurableFs, remove: () => Promise.reject(Object.assign(new Error(), { code: 'EROFS' })) };
  await t.rejects(takeLock(worn, path, nodeProcessTable), { code: 'storage/unwritable', facts: { operation: 'lock', errno: 'EROFS' } });
  const unreadable = { ...nodeDurableFs, read: () => Promise.reject(Object.assign(new Error(), { code: 'EIO' })) };
  await t.rejects(takeLock(unreadable, path, nodeProcessTable), { code: 'storage/unwritable', facts: { operation: 'lock', errno: 'EIO' } });
  const haunted = { ...nodeDurableFs, create: () => Promise.reject(Object.assign(new Error(), { code: 'EEXIST' })) };
  await t.rejects(takeLock(haunted, path, nodeProcessTable), { code: 'storage/unwritable', facts: { errno: 'EEXIST' } });
});
