// Measures the way of one visit: seal, append (fsync), publish, signed ack. For the bench script; nothing of the running kiosk uses it.

import { KioskFailure } from '../core/failure.ts';
import type { VisitContent } from './contract/index.ts';
import type { Uplink } from './ports.ts';

export interface Percentiles {
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface UplinkFigures {
  readonly visits: number;
  /** submit() called → durable. */
  readonly sealAndAppend: Percentiles;
  /** submit() called → the terminal's signed word checked. */
  readonly sealToAck: Percentiles;
}

/** Nearest-rank percentiles. Throws RangeError without values. */
export const percentiles = (valuesMs: readonly number[]): Percentiles => {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new RangeError('nothing was measured');
    return Math.round(value * 1000) / 1000;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
};

/**
 * Submits `visits` visits one after the other through a started uplink whose terminal is ready; `warmUp` more come first and do not count.
 * Throws uplink/terminal-lost when nobody is there to acknowledge.
 */
export const measureUplink = async (
  uplink: Uplink,
  content: () => VisitContent,
  options: { visits: number; warmUp?: number; nowMs?: () => number },
): Promise<UplinkFigures> => {
  if (uplink.state.terminal !== 'ready')
    throw new KioskFailure('uplink/terminal-lost', { message: 'no terminal acknowledges: start it first' });
  const { visits, warmUp = 20, nowMs = () => performance.now() } = options;
  const durable: number[] = [];
  const acknowledged: number[] = [];
  for (let visit = 0; visit < warmUp + visits; visit += 1) {
    const started = nowMs();
    const { acked } = await uplink.submit(content());
    const stored = nowMs();
    await acked;
    if (visit < warmUp) continue;
    durable.push(stored - started);
    acknowledged.push(nowMs() - started);
  }
  return { visits, sealAndAppend: percentiles(durable), sealToAck: percentiles(acknowledged) };
};
