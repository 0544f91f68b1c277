// An update from its bundle to its confirmation or its way back. Whatever is cut off anywhere, the slot that ran before stays whole and stays
// the default until the self-test of the new one has passed; what is going on is on the data partition before it is begun.

import { join } from 'node:path';
import type { Log } from '../../core/log.ts';
import { openDocument } from '../../uplink/durable-adapter.ts';
import type { DurableFs } from '../../uplink/durable-fs.ts';
import type { Bundle } from './bundle.ts';
import { digest, type PartName, refuseBundle } from './manifest.ts';
import { type BootSelector, otherSlot, type Slot, type SlotDevice, type Slots } from './ports.ts';
import { newlyFailed, type Outcome, type Step, stepAtStart, type UpdateState } from './state.ts';

export interface UpdaterParts {
  readonly fs: DurableFs;
  /** On the data partition; holds nothing else. */
  readonly folder: string;
  readonly slots: Slots;
  readonly selector: BootSelector;
  /** The slot that this program was started from. */
  readonly running: Slot;
  readonly now: () => number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** What is to be done after a call: restart with this word for reboot(2), or go on. */
export interface Verdict {
  readonly step: Step | 'confirmed' | 'not-yet';
  readonly restart?: { readonly word?: string };
  /** Ids of the self-test that speak against the new version. */
  readonly failed?: readonly string[];
}

const IDLE: UpdateState = { phase: 'idle' };
/** A whole root at once would keep a slow card busy for half a minute, and what the kiosk keeps for its patients would wait behind it. */
const SYNC_EVERY_BYTES = 8 * 1024 * 1024;
const BOOT_FILES: Readonly<Record<Exclude<PartName, 'root'>, string>> = { kernel: 'vmlinuz', initrd: 'initrd.img' };

export class Updater {
  readonly #parts: UpdaterParts;

  constructor(parts: UpdaterParts) {
    this.#parts = parts;
  }

  /** Idle where nothing was ever written; a damaged file is put aside and counts as that. Throws storage/unwritable. */
  async state(): Promise<UpdateState> {
    return (await this.#document()).data;
  }

  /** The running slot holds a version that is not confirmed. */
  async isTried(): Promise<boolean> {
    const state = await this.state();
    return state.phase === 'trying' && state.to === this.#parts.running;
  }

  async #document() {
    const { fs, folder, log } = this.#parts;
    await fs.makeDirectory(folder);
    return openDocument<UpdateState>(fs, join(folder, 'state'), IDLE, () => log.warn('update.state-damaged'));
  }

  async #keep(state: UpdateState): Promise<void> {
    const document = await this.#document();
    document.data = state;
    await document.write();
  }

  /**
   * Writes the bundle into the other slot, reads it back, and arms it: the restart is the caller's. Throws input/invalid before anything is
   * touched, or with the slot forbidden when the bundle turns out damaged; storage/unwritable when the medium fails.
   * `failedBefore`: asked when all is written, right before the restart.
   */
  async install(bundle: Bundle, failedBefore: () => Promise<readonly string[]>): Promise<Verdict> {
    const { slots, selector, running, log } = this.#parts;
    const { version, parts } = bundle.manifest;
    const before = await this.state();
    if (before.phase === 'trying' || (await selector.defaultSlot()) !== running)
      throw refuseBundle(`update ${version}`, 'another update is being tried; wait until it is confirmed or has returned');
    const to = otherSlot(running);
    const root = await slots.openRoot(to);
    try {
      const size = parts.find(({ name }) => name === 'root')?.size ?? 0;
      if (size > root.bytes) throw refuseBundle(`update ${version}`, `its root needs ${size} bytes, the slot has ${root.bytes}`);
      const last = before.last === undefined ? {} : { last: before.last };
      await this.#keep({ phase: 'writing', to, version, ...last });
      await selector.forbid(to);
      try {
        await writeRoot(root, bundle);
        for (const name of ['kernel', 'initrd'] as const) await this.#writeBootFile(to, name, bundle);
      } catch (cause) {
        await this.#over(version, 'interrupted', cause instanceof Error ? cause.message : 'unknown', 'return');
        throw cause;
      }
      const faults = { failedBefore: await failedBefore() };
      await this.#keep({ phase: 'trying', to, from: running, version, tries: 1, starts: 0, ...faults, ...last });
      log.info('update.written', { version, slot: to });
      return { step: 'try', restart: restartBy(await selector.arm(to)) };
    } finally {
      await root.close();
    }
  }

  async #writeBootFile(slot: Slot, name: 'kernel' | 'initrd', bundle: Bundle): Promise<void> {
    const { fs, slots } = this.#parts;
    const folder = slots.bootFolder(slot);
    const path = join(folder, BOOT_FILES[name]);
    const pieces: Uint8Array[] = [];
    for await (const { bytes } of bundle.chunks(name)) pieces.push(Uint8Array.from(bytes));
    await fs.makeDirectory(folder);
    await fs.remove(path);
    const file = await fs.create(path);
    const content = Buffer.concat(pieces);
    try {
      await file.write(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.syncDirectory(folder);
    const again = await fs.read(path);
    if (again === undefined || digest(again) !== digest(content)) throw notWritten(name);
  }

  /** Before the kiosk starts, in whichever slot. Throws what the disk throws; done again it goes on where it was. */
  async atStart(): Promise<Verdict> {
    const { selector, running, log } = this.#parts;
    const state = await this.state();
    const step = stepAtStart(state, running);
    if (state.phase === 'idle') return { step };
    if (state.phase === 'writing') {
      if (state.to !== running) await selector.forbid(state.to);
      return this.#over(state.version, 'interrupted', 'power', step);
    }
    if (step === 'test') {
      await this.#keep({ ...state, starts: state.starts + 1 });
      log.info('update.trying', { version: state.version, start: state.starts + 1 });
      return { step };
    }
    if (step === 'leave') return this.giveUp(state.reason ?? 'did-not-start');
    if (step === 'try') {
      // A boot partition that did not come in time is not the version's fault: none of its tries is used up.
      if ((await selector.defaultSlot()) === undefined) throw unreadable('the boot loader’s default');
      await this.#keep({ ...state, tries: state.tries + 1 });
      log.warn('update.tried-again', { version: state.version, try: state.tries + 1 });
      return { step, restart: restartBy(await selector.arm(state.to)) };
    }
    await selector.forbid(state.to);
    return this.#over(state.version, 'returned', state.reason ?? 'did-not-start', step);
  }

  /** The running slot's self-test has ended with these failures. Nothing happens where nothing is tried. */
  async judge(failing: readonly string[]): Promise<Verdict> {
    const { selector, running } = this.#parts;
    const state = await this.state();
    if (state.phase !== 'trying' || state.to !== running) return { step: 'nothing' };
    const failed = newlyFailed(failing, state.failedBefore);
    if (failed.length > 0) return { step: 'not-yet', failed };
    await selector.settle(running);
    return this.#over(state.version, 'confirmed', undefined, 'confirmed');
  }

  /** The new version will not do: back to the one before, by a restart. */
  async giveUp(reason: string): Promise<Verdict> {
    const { selector, running, log } = this.#parts;
    const state = await this.state();
    if (state.phase !== 'trying' || state.to !== running) return { step: 'nothing' };
    await this.#keep({ ...state, reason });
    log.warn('update.given-up', { version: state.version, reason });
    await selector.settle(state.from);
    await selector.forbid(running);
    return { step: 'leave', restart: {} };
  }

  async #over(version: string, result: Outcome['result'], reason: string | undefined, step: Verdict['step']): Promise<Verdict> {
    const { now, log } = this.#parts;
    const at = new Date(now()).toISOString();
    await this.#keep({ phase: 'idle', last: { version, result, at, ...(reason === undefined ? {} : { reason }) } });
    log[result === 'confirmed' ? 'info' : 'warn'](`update.${result}`, { version, ...(reason === undefined ? {} : { reason }) });
    return { step };
  }
}

const restartBy = (word: string | undefined): { word?: string } => (word === undefined ? {} : { word });

const unreadable = (what: string): Error => Object.assign(new Error(`${what}: cannot be read`), { code: 'EIO' });
const notWritten = (what: string): Error =>
  Object.assign(new Error(`${what}: what was read back is not what was written`), { code: 'EIO' });

const writeRoot = async (root: SlotDevice, bundle: Bundle): Promise<void> => {
  let waiting = 0;
  for await (const { offset, bytes } of bundle.chunks('root')) {
    await root.write(offset, bytes);
    waiting += bytes.length;
    if (waiting < SYNC_EVERY_BYTES) continue;
    await root.sync();
    waiting = 0;
  }
  await root.sync();
  const part = bundle.manifest.parts.find(({ name }) => name === 'root');
  for (const [i, wanted] of (part?.chunks ?? []).entries()) {
    const offset = i * bundle.manifest.chunkBytes;
    const length = Math.min(bundle.manifest.chunkBytes, (part?.size ?? 0) - offset);
    if (digest(await root.read(offset, length)) !== wanted) throw notWritten('root');
  }
};
