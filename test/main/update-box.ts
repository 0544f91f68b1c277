// A box to be updated, in memory: flash that loses what was not synced, and firmware that knows only what lies on it. The firmware is written
// from the loaders' documents and shares nothing with the selectors that it is to follow.

import type { Bundle } from '../../src/main/update/bundle.ts';
import { digest, type Manifest, type PartName } from '../../src/main/update/manifest.ts';
import type { BootSelector, Slot, SlotDevice } from '../../src/main/update/ports.ts';
import { systemdBootSelector } from '../../src/main/update/systemd-boot.ts';
import { autobootText, trybootSelector } from '../../src/main/update/tryboot.ts';
import { Updater } from '../../src/main/update/updater.ts';
import type { DurableFs } from '../../src/uplink/durable-fs.ts';
import { FaultyFs, type Remains } from '../uplink/faulty-fs.ts';

export const CHUNK = 512;
export const OLD = '0.1.0';
export const NEW = '0.2.0';

const filled = (version: string, name: PartName, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (version.charCodeAt(2) * 31 + name.charCodeAt(0) * 7 + i * 3 + (i >> 8)) & 0xff);
const SIZES: Readonly<Record<PartName, number>> = { root: 5 * CHUNK + 100, kernel: 700, initrd: 90 };
const once = <T>(make: (...words: string[]) => T): ((...words: string[]) => T) => {
  const made = new Map<string, T>();
  return (...words) => {
    const key = words.join(' ');
    const found = made.get(key) ?? make(...words);
    made.set(key, found);
    return found;
  };
};
const contents = once((version, name) => filled(version as string, name as PartName, SIZES[name as PartName]));
export const contentOf = (version: string, name: PartName): Uint8Array => contents(version, name);

/** What openBundle answers of a sound file. */
export const bundleOf: (version: string) => Bundle = once((version = ''): Bundle => {
  const cut = (name: PartName): Uint8Array[] =>
    Array.from({ length: Math.ceil(SIZES[name] / CHUNK) }, (_, i) => contentOf(version, name).slice(i * CHUNK, (i + 1) * CHUNK));
  const part = (name: PartName) => ({ name, size: SIZES[name], sha256: digest(contentOf(version, name)), chunks: cut(name).map(digest) });
  const manifest: Manifest = {
    kind: 'kazashi-update', v: 1, version, architecture: 'amd64', madeAt: '', dataSchema: 1, minimumDataSchema: 1, chunkBytes: CHUNK,
    parts: [part('root'), part('kernel'), part('initrd')],
  }; // biome-ignore format: one manifest
  return {
    manifest,
    async *chunks(name) {
      for (const [i, bytes] of cut(name).entries()) yield { offset: i * CHUNK, bytes };
    },
    close: async () => undefined,
  };
});

/** A root partition whose writes are on flash only after a sync; the power switch is the file system's. */
class FlashSlot implements SlotDevice {
  readonly bytes = 8 * CHUNK;
  now: Uint8Array;
  synced: Uint8Array;
  readonly #fs: FaultyFs;

  constructor(fs: FaultyFs, content: Uint8Array) {
    this.#fs = fs;
    this.now = content;
    this.synced = content.slice();
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    await this.#fs.read('/power');
    this.now = this.now.slice();
    this.now.set(bytes, offset);
  }

  async sync(): Promise<void> {
    await this.#fs.read('/power');
    this.synced = this.now.slice();
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    await this.#fs.read('/power');
    return this.now.slice(offset, offset + length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  after(fs: FaultyFs, remains: Remains | 'clean'): FlashSlot {
    const content = remains === 'clean' ? this.now : this.synced.slice();
    if (remains !== 'clean')
      for (let at = 0; at < content.length; at += CHUNK)
        content.set(remains.content(this.now.slice(at, at + CHUNK), this.synced.slice(at, at + CHUNK)), at);
    return new FlashSlot(fs, content);
  }
}

const absent = () => Promise.reject(Object.assign(new Error('no such file or directory'), { code: 'ENOENT' }));
const notMounted: DurableFs & Pick<FaultyFs, 'overwrite'> = {
  makeDirectory: absent,
  create: absent,
  read: async () => undefined,
  list: absent,
  rename: absent,
  remove: async () => undefined,
  syncDirectory: absent,
  overwrite: absent,
};

export type Loader = 'systemd-boot' | 'tryboot';
const PARTITIONS = { a: 2, b: 3 } as const;
const ENTRIES = '/esp/loader/entries';
const AUTOBOOT = '/first/autoboot.txt';
const bootFolder = (slot: Slot): string => `/boot/${slot}`;

export class UpdateBox {
  readonly loader: Loader;
  fs = new FaultyFs();
  roots: Record<Slot, FlashSlot>;
  /** What reboot(2) was given: the Pi's firmware has it in a register. */
  word: string | undefined;
  /** false: nothing is found where the boot partition should be. */
  mounted = true;

  private constructor(loader: Loader) {
    this.loader = loader;
    const old = new Uint8Array(8 * CHUNK);
    old.set(contentOf(OLD, 'root'));
    this.roots = { a: new FlashSlot(this.fs, old), b: new FlashSlot(this.fs, new Uint8Array(8 * CHUNK)) };
  }

  /** As it was flashed: slot a holds OLD, b is empty. */
  static async make(loader: Loader): Promise<UpdateBox> {
    const box = new UpdateBox(loader);
    await box.#put(`${bootFolder('a')}/vmlinuz`, contentOf(OLD, 'kernel'));
    await box.#put(`${bootFolder('a')}/initrd.img`, contentOf(OLD, 'initrd'));
    const entry =
      'title kazashi a\nsort-key kazashi\nversion 1764000000\nlinux /a/vmlinuz\ninitrd /a/initrd.img\noptions kazashi.root=uuid-a quiet\n';
    if (loader === 'systemd-boot') await box.#put(`${ENTRIES}/kazashi-a.conf`, Buffer.from(entry));
    else await box.#put(AUTOBOOT, Buffer.from(autobootText('a', PARTITIONS)));
    box.fs = box.fs.reboot(true);
    box.roots = { a: box.roots.a.after(box.fs, 'clean'), b: box.roots.b.after(box.fs, 'clean') };
    return box;
  }

  async #put(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.fs.create(path);
    await file.write(bytes);
    await file.sync();
    await this.fs.syncDirectory(path.slice(0, path.lastIndexOf('/')));
  }

  get selector(): BootSelector {
    const fs = this.mounted ? this.fs : notMounted;
    return this.loader === 'systemd-boot'
      ? systemdBootSelector({ fs, folder: ENTRIES, partUuid: (slot) => `uuid-${slot}` })
      : trybootSelector({ fs, file: AUTOBOOT, partitions: PARTITIONS });
  }

  /** `device`: instead of the other slot's flash. */
  updater(running: Slot, device?: SlotDevice): Updater {
    const quiet = () => undefined;
    const slots = { openRoot: async (slot: Slot) => device ?? this.roots[slot], bootFolder };
    return new Updater({
      fs: this.fs,
      folder: '/data/update',
      slots,
      selector: this.selector,
      running,
      now: () => 0,
      log: { info: quiet, warn: quiet },
    });
  }

  /** The power was cut, or (clean) everything was written out before. */
  restart(remains: Remains | 'clean', word?: string): void {
    const next = this.fs.reboot(remains === 'clean' ? { names: (count) => count, content: (now) => now } : remains);
    this.roots = { a: this.roots.a.after(next, remains), b: this.roots.b.after(next, remains) };
    this.fs = next;
    this.word = word;
  }

  /** The version that lies in the slot, whole. */
  async versionIn(slot: Slot): Promise<string | undefined> {
    const at = async (name: string) => Buffer.from((await this.fs.read(`${bootFolder(slot)}/${name}`)) ?? []);
    const [kernel, initrd] = [await at('vmlinuz'), await at('initrd.img')];
    return [OLD, NEW].find(
      (version) =>
        kernel.equals(contentOf(version, 'kernel')) &&
        initrd.equals(contentOf(version, 'initrd')) &&
        Buffer.from(this.roots[slot].now.subarray(0, SIZES.root)).equals(contentOf(version, 'root')),
    );
  }

  /** Slots that the loader would start for good, now or when the other one is gone. */
  startable(): readonly Slot[] {
    if (this.loader === 'tryboot') return [];
    return (['a', 'b'] as const).filter((slot) => this.fs.paths().includes(`${ENTRIES}/kazashi-${slot}.conf`));
  }

  /** What the firmware starts: a slot, and whether that start was a try. Throws when it finds nothing to start. */
  firmware(): Promise<{ readonly slot: Slot; readonly tried: boolean }> {
    return this.loader === 'systemd-boot' ? this.#systemdBoot() : this.#piFirmware();
  }

  async #systemdBoot(): Promise<{ slot: Slot; tried: boolean }> {
    const names = this.fs.paths().filter((path) => path.startsWith(`${ENTRIES}/`) && path.endsWith('.conf'));
    const entries: { name: string; left: number; done: number; version: number; slot: string }[] = [];
    for (const path of names) {
      const text = Buffer.from((await this.fs.read(path)) ?? []).toString();
      const [, slot, root] = /^linux \/([ab])\/vmlinuz$[\s\S]*kazashi\.root=uuid-([ab])/m.exec(text) ?? [];
      if (slot === undefined || slot !== root) continue;
      const [, left, done] = /\+(\d+)(?:-(\d+))?\.conf$/.exec(path) ?? [];
      entries.push({
        name: path,
        slot,
        left: left === undefined ? -1 : Number(left),
        done: Number(done ?? 0),
        version: Number(/^version (\d+)$/m.exec(text)?.[1]),
      });
    }
    const [first] = entries.sort((x, y) => Number(x.left === 0) - Number(y.left === 0) || y.version - x.version);
    if (first === undefined) throw new Error('no entry to start');
    if (first.left > 0) {
      await this.fs.rename(first.name, first.name.replace(/\+.*$/, `+${first.left - 1}-${first.done + 1}.conf`));
      await this.fs.syncDirectory(ENTRIES);
    }
    return { slot: first.slot as Slot, tried: first.left >= 0 };
  }

  async #piFirmware(): Promise<{ slot: Slot; tried: boolean }> {
    const text = Buffer.from((await this.fs.read(AUTOBOOT)) ?? []).toString();
    const tried = this.word === '0 tryboot';
    this.word = undefined;
    const section = text.split(/^\[/m).find((one) => one.startsWith(tried ? 'tryboot]' : 'all]'));
    const number = Number(/boot_partition=(\d)/.exec(section ?? '')?.[1]);
    const slot = (['a', 'b'] as const).find((one) => PARTITIONS[one] === number);
    if (slot === undefined) throw new Error('no partition to start');
    return { slot, tried };
  }
}
