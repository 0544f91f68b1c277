// What this process holds right now: memory after a full collection, open files by kind, what the event loop waits for, how late it was.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { IntervalHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from './program.ts';
import type { Site } from './site.ts';

export interface Held {
  readonly visits: number;
  /** What the visits since the row before took. */
  readonly seconds: number;
  readonly rssMb: number;
  readonly heapMb: number;
  /** Buffers and what native code told V8 of; the models' memory is not in it. */
  readonly externalMb: number;
  readonly terminalRssMb: number;
  /** /proc/self/fd: socket, pipe, anon_inode, file. */
  readonly descriptors: Readonly<Record<string, number>>;
  /** process.getActiveResourcesInfo(). */
  readonly resources: Readonly<Record<string, number>>;
  readonly backlog: number;
  readonly loopMs: { readonly p99: number; readonly max: number };
}

const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const kindOf = (target: string): string => (target.startsWith('/') ? 'file' : (/^[a-z_]+/.exec(target)?.[0] ?? 'other'));

/** Linux only. A descriptor that closes while the list is read is not counted. */
const descriptors = (): Record<string, number> =>
  counted(
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [kindOf(readlinkSync(`/proc/self/fd/${fd}`))];
      } catch {
        return [];
      }
    }),
  );

export const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, one) => sum + one, 0);

/** The terminal is this process's only child. */
const terminalMb = (): number => residentMb(Number(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ')[0]));

const MB = 1024 * 1024;

/** Between two visits: lets what is on its way end, collects garbage, then looks. */
export const heldNow = async (site: Site, visits: number, seconds: number, loop: IntervalHistogram): Promise<Held> => {
  const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
  const loopMs = { p99: ms(loop.percentile(99)), max: ms(loop.max) };
  await site.kiosk.display.warm();
  // Finalisers of native objects run after the collection that found them dead.
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.();
    await sleep(20);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    visits,
    seconds,
    rssMb: rss / MB,
    heapMb: heapUsed / MB,
    externalMb: external / MB,
    terminalRssMb: terminalMb(),
    descriptors: descriptors(),
    resources: counted(process.getActiveResourcesInfo()),
    backlog: site.kiosk.uplink.state.backlog,
    loopMs,
  };
};

export const MEASURES: readonly { readonly name: string; readonly unit: string; readonly of: (row: Held) => number }[] = [
  { name: 'RSS', unit: 'MB', of: ({ rssMb }) => rssMb },
  { name: 'heap used', unit: 'MB', of: ({ heapMb }) => heapMb },
  { name: 'external', unit: 'MB', of: ({ externalMb }) => externalMb },
  { name: 'terminal RSS', unit: 'MB', of: ({ terminalRssMb }) => terminalRssMb },
  { name: 'open descriptors', unit: '', of: (row) => sumOf(row.descriptors) },
  { name: 'timers', unit: '', of: ({ resources }) => (resources['Timeout'] ?? 0) + (resources['Immediate'] ?? 0) },
  { name: 'active resources', unit: '', of: ({ resources }) => sumOf(resources) },
  { name: 'event loop p99', unit: 'ms', of: ({ loopMs }) => loopMs.p99 },
  { name: 'seconds per visits', unit: 's', of: ({ seconds }) => seconds },
];

const WIDTHS = [7, 7, 8, 8, 9, 9, 4, 7, 9, 8, 8];
const line = (cells: readonly string[]): string => cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0)).join(' ');

export const heldTable = {
  head: line(['visits', 's', 'RSS MB', 'heap MB', 'extern MB', 'term. MB', 'fd', 'timers', 'resources', 'p99 ms', 'max ms']),
  row: ({ visits, seconds, rssMb, heapMb, externalMb, terminalRssMb, descriptors: fds, resources, loopMs }: Held): string =>
    line([
      String(visits),
      seconds.toFixed(1),
      rssMb.toFixed(1),
      heapMb.toFixed(2),
      externalMb.toFixed(2),
      terminalRssMb.toFixed(1),
      String(sumOf(fds)),
      String(resources['Timeout'] ?? 0),
      String(sumOf(resources)),
      loopMs.p99.toFixed(1),
      loopMs.max.toFixed(0),
    ]),
};
