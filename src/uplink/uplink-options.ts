// What the uplink needs to be told, and what it assumes when it is not.

import type { BackoffLimits } from '../core/backoff.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { type RandomBytes, systemRandom } from '../core/ids.ts';
import { type Log, silentLog } from '../core/log.ts';
import { type DurableFs, nodeDurableFs } from './durable-fs.ts';
import type { Cable } from './link.ts';
import type { TlsFiles } from './link-stream.ts';
import { nodeProcessTable, type ProcessTable } from './lock.ts';
import type { KeySet } from './seal-keys.ts';

export interface UplinkOptions {
  readonly site: string;
  readonly kiosk: string;
  /** mqtt://host:port or mqtts://host:port */
  readonly brokerUrl: string;
  readonly tls?: TlsFiles;
  /** Folder of the outbox and its lock; made (0700) when absent. */
  readonly dataDir: string;
  /** This kiosk's private keys. */
  readonly kioskKey: KeySet;
  /** Public keys of the terminals. */
  readonly terminalKeys: readonly KeySet[];
  /** Calls `renew` when the keys were rotated; it throws config/invalid, and then the old ones stay. Answers the end of the watch. */
  readonly watchKeys?: (renew: (keys: Pick<UplinkOptions, 'kioskKey' | 'terminalKeys'>) => Promise<void>) => () => void;
  /** Version of the program, shown in the state. */
  readonly version: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly random?: RandomBytes;
  /** Default 5 s. */
  readonly ackTimeoutMs?: number;
  /** How long a visit is worth delivering; default 24 h. */
  readonly expiryMs?: number;
  /** Default 10,000 messages and 64 MiB. */
  readonly outboxLimits?: { readonly messages: number; readonly bytes: number };
  /** Between attempts to connect; default 1 s to 60 s. */
  readonly backoff?: BackoffLimits;
  /** Between attempts after a refusal that only a person can lift; default 30 s to 5 min. */
  readonly refusedBackoff?: BackoffLimits;
  /** 0 = no health messages; default 3 s. They are the kiosk's sign of life: a terminal that hears none for three times as long shows it as gone. */
  readonly healthIntervalMs?: number;
  readonly cable?: Cable;
  readonly fs?: DurableFs;
  readonly processes?: ProcessTable;
}

const DEFAULTS = {
  clock: systemClock as Clock,
  log: silentLog,
  random: systemRandom as RandomBytes,
  ackTimeoutMs: 5_000,
  expiryMs: 86_400_000,
  outboxLimits: { messages: 10_000, bytes: 64 * 1024 * 1024 },
  backoff: { baseMs: 1_000, capMs: 60_000 },
  refusedBackoff: { baseMs: 30_000, capMs: 300_000 },
  healthIntervalMs: 3_000,
  fs: nodeDurableFs,
  processes: nodeProcessTable,
} as const;

export type CompleteOptions = UplinkOptions & Required<Omit<UplinkOptions, 'tls' | 'cable' | 'watchKeys'>>;

export const withDefaults = (options: UplinkOptions): CompleteOptions => ({ ...DEFAULTS, ...options });

/** A number in [0, 1) of 32 random bits. */
export const fractionOf = (random: RandomBytes): number => {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
};
