// What a process and those it started use, from /proc: memory, and processor time over a while.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_A_SECOND = 100;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** The process and all below it. */
const family = (pid: number): number[] => {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name): [number, number] => [Number(name), Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0)]);
  const below = (one: number): number[] => [one, ...parents.filter(([, parent]) => parent === one).flatMap(([child]) => below(child))];
  return below(pid);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** MB of all together; shared pages count once for each in RSS, in shares in PSS. */
export const memoryMb = (pid: number): { rss: number; pss: number } => {
  const of = (name: string) =>
    sum(family(pid).map((one) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${one}/smaps_rollup`))?.[1] ?? 0))) / 1024;
  return { rss: of('Rss'), pss: of('Pss') };
};

const ticks = (pid: number): number =>
  sum(
    family(pid).map((one) => {
      const fields = read(`/proc/${one}/stat`).split(') ').at(-1)?.split(' ') ?? [];
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    }),
  );

/** Percent of one core over `ms`. */
export const cpuPercent = async (pid: number, ms: number): Promise<number> => {
  const [before, from] = [ticks(pid), performance.now()];
  await sleep(ms);
  return ((ticks(pid) - before) / TICKS_A_SECOND / ((performance.now() - from) / 1000)) * 100;
};
