// Installs an update from a USB stick on the booted image once, keeping every write of its disk, and then cuts the power at random points of that
// installation: of what was written since the last answered flush a part is left, some of it torn. What lies on the disk then is looked at as the boot
// loader and the next start look at it.
//   KAZASHI_IMAGE=FILE KAZASHI_UPDATE_KEY=PEM npm run update-cuts -- [--cuts 100] [--seed N]
// A brick: nothing to start, or a start of a slot that is not whole. The disks are examined and not started.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../src/core/log.ts';
import type { Slot } from '../src/main/update/ports.ts';
import { Updater } from '../src/main/update/updater.ts';
import { nodeDurableFs } from '../src/uplink/durable-fs.ts';
import { dice } from '../test/dice.ts';
import { BoxLab, NO_IMAGE } from '../test/image/box-lab.ts';
import { digestOf, partitionsOf, takeFolders } from '../test/image/disk.ts';
import { NO_KEY, stickWith } from '../test/image/stick.ts';
import { IDLE } from '../test/image/visit.ts';
import { Replay, readEntries } from '../test/image/write-log.ts';
import { optionsOf, wholeNumber } from './options.ts';

const USAGE = 'npm run update-cuts -- [--cuts 100] [--seed N]';
const values = optionsOf(USAGE, { cuts: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } });
const cuts = wholeNumber(USAGE, 'cuts', values.cuts, 1);
const seed = wholeNumber(USAGE, 'seed', values.seed, 0);
const random = dice(seed);
const missing = NO_IMAGE || NO_KEY;
if (missing !== false) {
  process.stdout.write(`skipped: ${missing}\n`);
  process.exit(0);
}

const lab = new BoxLab();
const say = (line: string) => process.stdout.write(`${line}\n`);
try {
  await lab.setUp({ evidence: '.tap/update-cuts' });
  const { stick, parts } = stickWith(lab, '0.2.0');
  await lab.plugIn({ logWrites: true });
  await lab.panel.sees(IDLE);
  const from = readEntries(lab.writeLog).length;
  await lab.machine.plugStick(stick);
  await lab.machine.ended;
  const entries = readEntries(lab.writeLog);
  const at = partitionsOf(lab.disk);
  const rootA = at('kazashi-root-a');
  const touched = entries.filter(
    (entry) => entry.bytes > 0 && entry.at < rootA.start + rootA.bytes && entry.at + entry.bytes > rootA.start,
  );
  say(`${entries.length - from} writes and flushes from the stick to the restart; ${touched.length} in the running slot`);
  const whole = {
    bytes: statSync(parts.root).size,
    root: digestOf(parts.root),
    kernel: digestOf(parts.kernel),
    initrd: digestOf(parts.initrd),
  };
  const points = Array.from({ length: cuts }, () => from + Math.floor(random() * (entries.length - from + 1))).sort((a, b) => a - b);
  const replay = new Replay(lab.writeLog, lab.disk);
  const seen = new Map<string, number>();
  let bricks = touched.length > 0 ? 1 : 0;
  for (const point of points) {
    replay.cutAt(point, random);
    const found = await examine(at, whole).catch((cause: unknown) => `BRICK: ${String(cause)}`);
    if (found.startsWith('BRICK')) {
      bricks += 1;
      say(`cut at ${point}: ${found}`);
    }
    seen.set(found, (seen.get(found) ?? 0) + 1);
    replay.undo();
  }
  for (const [what, count] of seen) say(`${String(count).padStart(4)}  ${what}`);
  say(`${points.length} cuts, ${bricks} bricks (seed ${seed})`);
  process.exitCode = bricks === 0 ? 0 : 1;
} finally {
  await lab.stop();
}

type Whole = { readonly bytes: number } & Readonly<Record<'root' | 'kernel' | 'initrd', string>>;
type At = ReturnType<typeof partitionsOf>;
interface Entry {
  readonly slot: Slot;
  readonly left: number | undefined;
  readonly version: number;
}

/** What the next start finds. */
async function examine(at: At, whole: Whole): Promise<string> {
  const folder = join(lab.folder, 'found');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const fat = `${lab.disk}@@${at('kazashi-boot').start}`;
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' };
  const copy = (name: string) => execFileSync('mcopy', ['-s', '-n', '-i', fat, `::/${name}`, folder], { env, stdio: 'pipe' });
  copy('loader');
  copy('a');
  const names = readdirSync(join(folder, 'loader/entries'));
  const entries = names.flatMap((name): Entry[] => {
    const [, left] = /^kazashi-[ab](?:\+(\d+)(?:-\d+)?)?\.conf$/.exec(name) ?? [];
    if (!name.endsWith('.conf')) return [];
    const [, version, slot] = /^version (\d+)\nlinux \/([ab])\//m.exec(readFileSync(join(folder, 'loader/entries', name), 'latin1')) ?? [];
    if ((slot !== 'a' && slot !== 'b') || version === undefined) throw new Error(`${name} is not whole`);
    return [{ slot, left: left === undefined ? undefined : Number(left), version: Number(version) }];
  });
  const [first] = entries.filter(({ left }) => left !== 0).sort((a, b) => b.version - a.version);
  // Half written it is nobody's business until it is started.
  if (first?.slot === 'b') copy('b');
  if (!entries.some(({ slot, left }) => slot === 'a' && left === undefined)) throw new Error('the version before has no entry');
  for (const slot of new Set(['a', first?.slot ?? 'a'] as const))
    for (const [file, part] of [
      ['vmlinuz', 'kernel'],
      ['initrd.img', 'initrd'],
    ] as const)
      if (digestOf(join(folder, slot, file)) !== whole[part]) throw new Error(`${part} of slot ${slot} is not whole`);
  if (first?.slot === 'b') {
    const { start } = at('kazashi-root-b');
    if (digestOf(lab.disk, { start, bytes: whole.bytes }) !== whole.root) throw new Error('root of slot b is not whole');
  }
  const phase = await phaseOf(folder);
  if (first?.slot === 'b' && phase !== 'trying') throw new Error(`slot b is tried, and the state says ${phase}`);
  return `starts ${first?.slot}, ${phase}`;
}

/** What the data partition says, mended as the next start mends it. */
async function phaseOf(folder: string): Promise<string> {
  takeFolders(lab.disk, folder, '/update');
  const nothing = (): never => {
    throw new Error('not for looking');
  };
  const updater = new Updater({
    fs: nodeDurableFs,
    folder: join(folder, 'update'),
    slots: { openRoot: nothing, bootFolder: nothing },
    selector: { defaultSlot: nothing, forbid: nothing, arm: nothing, settle: nothing },
    running: 'a',
    now: () => 0,
    log: silentLog,
  });
  return (await updater.state()).phase;
}
