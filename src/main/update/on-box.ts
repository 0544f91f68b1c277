// An update on a box that runs: what its units do at the start, afterwards, and when a USB stick comes. All of it is told as it goes.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, sleep } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { type Bundle, openBundle } from './bundle.ts';
import { compareVersions, readUpdateKeys } from './manifest.ts';
import type { UpdateTold } from './told.ts';
import type { Updater } from './updater.ts';

export interface OnBox {
  readonly updater: Updater;
  readonly tell: (told: UpdateTold) => Promise<void>;
  /** Ids that the kiosk's self-test finds failing, within that time. */
  readonly failing: (limitMs: number) => Promise<readonly string[]>;
  /** Starts the box anew, with a word for the boot loader where it wants one. */
  readonly restart: (word: string | undefined) => Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Bundles on a stick are looked for by this ending, in its root alone. */
export const BUNDLE_ENDING = '.kazashi-update';
/** A visit may be going on. */
const EXAMINED_WITHIN_MS = 10 * 60_000;
/** A network that is slow to come is no fault of the update. */
const EXAMINE_AGAIN_MS = 20_000;

const tellState = async ({ updater, tell }: OnBox, refused?: string): Promise<void> => {
  const state = await updater.state();
  const { phase, last } = state;
  await tell({
    phase,
    ...(state.phase === 'idle' ? {} : { version: state.version }),
    ...(last === undefined ? {} : { last }),
    ...(refused === undefined ? {} : { refused }),
  });
};

/** Before the kiosk: tries again, returns, or lets the new version show what it can. */
export const atStart = async (box: OnBox): Promise<void> => {
  const { restart } = await box.updater.atStart();
  await tellState(box);
  if (restart !== undefined) await box.restart(restart.word);
};

/** Beside the kiosk: a version that is tried is kept once its self-test finds nothing new, or given up when its time is over. */
export const settle = async (box: OnBox, limitMs: number): Promise<'nothing' | 'confirmed' | 'given-up'> => {
  const { updater, clock } = box;
  const end = clock.monotonicMs() + limitMs;
  if (!(await updater.isTried())) return 'nothing';
  for (;;) {
    const { step, failed = [] } = await updater.judge(await box.failing(Math.max(0, end - clock.monotonicMs())));
    if (step !== 'not-yet') break;
    if (clock.monotonicMs() >= end) {
      const { restart } = await updater.giveUp(failed.join(' '));
      await tellState(box);
      await box.restart(restart?.word);
      return 'given-up';
    }
    await sleep(clock, EXAMINE_AGAIN_MS);
  }
  await tellState(box);
  // The terminal hears of it with this report.
  await box.failing(EXAMINED_WITHIN_MS);
  return 'confirmed';
};

const bundlesOf = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.endsWith(BUNDLE_ENDING) && !name.startsWith('.'));

export interface Stick {
  readonly folder: string;
  /** PEM of the keys whose updates are taken; undefined: this image knows none. */
  readonly keys: string | undefined;
  /** Throws what does not fit this box. */
  readonly accept: (manifest: Bundle['manifest']) => void;
  /** It was there when the box was started: nobody asks for anything, and what has once been tried is not tried again. */
  readonly atBoot: boolean;
}

/** The newest bundle that fits. Throws input/invalid with why there is none. */
const choose = async ({ folder, keys, accept }: Stick, names: readonly string[]): Promise<Bundle> => {
  const known = readUpdateKeys(keys ?? '', 'this image');
  let chosen: Bundle | undefined;
  let why: unknown;
  for (const name of names) {
    let bundle: Bundle | undefined;
    try {
      bundle = await openBundle(join(folder, name), known);
      accept(bundle.manifest);
    } catch (cause) {
      await bundle?.close();
      why = cause;
      continue;
    }
    const better = chosen === undefined || compareVersions(bundle.manifest.version, chosen.manifest.version) > 0;
    await (better ? chosen : bundle)?.close();
    if (better) chosen = bundle;
  }
  if (chosen === undefined) throw why;
  return chosen;
};

/** Installs what a stick brings and starts it. Answers what was done; a refusal is told, and nothing was touched. */
export const installFromStick = async (box: OnBox, stick: Stick): Promise<'nothing' | 'refused' | 'installed'> => {
  const names = bundlesOf(stick.folder);
  if (names.length === 0) return 'nothing';
  const { updater, log } = box;
  try {
    const bundle = await choose(stick, names);
    try {
      const { version } = bundle.manifest;
      const { last } = await updater.state();
      if (stick.atBoot && last?.version === version && last.result !== 'interrupted') return 'nothing';
      await box.tell({ phase: 'writing', version });
      const { restart } = await updater.install(bundle, () => box.failing(EXAMINED_WITHIN_MS));
      await tellState(box);
      await box.restart(restart?.word);
      return 'installed';
    } finally {
      await bundle.close();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    log.warn('update.refused', { why });
    // A stick that was forgotten in the box asks for nothing.
    await tellState(box, stick.atBoot ? undefined : why);
    return 'refused';
  }
};
