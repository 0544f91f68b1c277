// One kiosk: what an append costs as the backlog grows, how long a visit takes to its ack, how fast a backlog drains.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/read.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { uplinkAccess, uplinkLimits } from '../../src/main/uplink-of.ts';
import { measureUplink, percentiles } from '../../src/uplink/bench.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { Outbox } from '../../src/uplink/outbox.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { Lab, type Process, until } from '../../test/system/uplink/lab.ts';
import { visitContent } from '../../test/uplink/visit-content.ts';

const round = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;
const median = (values: readonly number[]): number => percentiles(values).p50;

/** Resident megabytes of a process. */
export const rssMb = ({ child }: Process): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

const TICKS_PER_SECOND = 100;

/** Seconds of CPU of a process (proc(5): utime and stime). */
export const cpuSeconds = (pid: number | undefined): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

const SAMPLE = 500;

/** Appends of 4 kB to an empty outbox, and to one that holds `backlog`; medians, so that another's fsync does not count. */
export const measureAppend = async (backlog: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'kazashi-append-'));
  try {
    const outbox = await Outbox.open({ fs: nodeDurableFs, folder, maxMessages: backlog + 1, maxBytes: 1e9, onCorrupt: () => undefined });
    const costs: number[] = [];
    const sealed = new Uint8Array(4_096).fill(0x61);
    for (let seq = 1; seq <= backlog; seq += 1) {
      const message = { id: uuidV7(Date.now()), seq, channel: 'visit' as const, issuedAt: 0, expiresAt: 1, sealed };
      const started = performance.now();
      await outbox.append(message);
      costs.push(performance.now() - started);
    }
    const [first, last] = [median(costs.slice(0, SAMPLE)), median(costs.slice(-SAMPLE))];
    return { firstMs: round(first), lastMs: round(last), ratio: round(last / first) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const perVisit = (after = 0, before = 0, visits = 1): number => round((1000 * (after - before)) / visits);

const openUplink = async (lab: Lab) => {
  const config = readConfig(lab.settings('kiosk-1', 'ackTimeoutSeconds = 60'));
  const limits = { ...uplinkLimits(config, config.kiosk.dataDirectory), outboxLimits: { messages: 100_000, bytes: 1e9 } };
  return createUplink({ ...(await uplinkAccess(config)), ...limits, version: 'bench' });
};

const withSite = async <T>(work: (lab: Lab) => Promise<T>): Promise<T> => {
  const lab = new Lab();
  try {
    await lab.make('kiosk-1');
    await lab.startBroker();
    return await work(lab);
  } finally {
    await lab.stop();
  }
};

/** submit() → the terminal's signed word checked: seal, fsync, mTLS, mosquitto, inbox with fsync, and back. */
export const measureDelivery = (visits: number) =>
  withSite(async (lab) => {
    await lab.startTerminal();
    const uplink = await openUplink(lab);
    await uplink.start();
    await until('the terminal', () => uplink.state.terminal === 'ready');
    const { sealToAck, sealAndAppend } = await measureUplink(uplink, visitContent, { visits, warmUp: 100 });
    await uplink.stop();
    return { ...sealToAck, append: sealAndAppend };
  });

/** `backlog` visits were made while the terminal was away; it comes. CPU of each process for one visit tells more than the rate on a busy machine. */
export const measureDrain = (backlog: number) =>
  withSite(async (lab) => {
    const uplink = await openUplink(lab);
    await uplink.start();
    await until('the broker', () => uplink.state.broker === 'connected');
    for (let visit = 0; visit < backlog; visit += 1) await uplink.submit(visitContent());
    const terminal = await lab.startTerminal();
    await until('the terminal', () => uplink.state.terminal === 'ready');
    const pids = { kiosk: process.pid, terminal: terminal.child.pid, broker: lab.broker?.child.pid };
    const used = () => Object.values(pids).map(cpuSeconds);
    const [before, started] = [used(), performance.now()];
    await until('the last ack', () => uplink.state.backlog === 0, 600_000);
    const seconds = (performance.now() - started) / 1000;
    const cpuMs = Object.fromEntries(Object.keys(pids).map((name, at) => [name, perVisit(used()[at], before[at], backlog)]));
    const { acknowledged } = uplink.health();
    const terminalMb = rssMb(terminal);
    await uplink.stop();
    return { perSecond: Math.round(backlog / seconds), seconds: round(seconds), terminalMb, cpuMs, lost: backlog - acknowledged };
  });
