// Who is there: the terminal, as its retained state and its Will tell, and this kiosk, as it tells others.
// A state is believed only as long as the connection lives on which it came.

import type { Clock } from '../core/clock.ts';
import { LifeSigns } from '../core/life-signs.ts';
import { type KioskState, kioskStateSchema, newerState, readMessage, type TerminalState, terminalStateSchema } from './contract/index.ts';

/** The reception terminals of the site as seen over one connection after the other. */
export class TerminalPresence {
  readonly #known = new Map<string, TerminalState>();
  readonly #signs: LifeSigns;

  /** `onSilent`: a terminal that promised signs of life gives none, whatever its retained state says. */
  constructor(clock: Clock, onSilent: () => void) {
    this.#signs = new LifeSigns(clock, (topic) => {
      const known = this.#known.get(topic);
      if (known !== undefined) this.#known.set(topic, { ...known, status: 'offline' });
      onSilent();
    });
  }

  /** Somebody is there to take a visit. */
  get ready(): boolean {
    return [...this.#known.values()].some(({ status }) => status === 'ready');
  }

  /** The connection to the broker is gone: nothing is known any more. */
  forget(): void {
    this.#known.clear();
    this.#signs.forgetAll();
  }

  /**
   * `topic`: whose state it is. An empty payload (the retained message was cleared) means lost. True when this terminal was not there before,
   * or is a new run of it: what the old one was given may have gone with it. Throws uplink/malformed.
   */
  receive(topic: string, payload: Uint8Array): boolean {
    const before = this.#known.get(topic);
    if (payload.length === 0) {
      this.#known.delete(topic);
      this.#signs.forget(topic);
      return false;
    }
    const now = newerState(before, readMessage('terminal state', terminalStateSchema, payload));
    this.#known.set(topic, now);
    if (now.status === 'offline' || now.everySeconds === undefined) this.#signs.forget(topic);
    else this.#signs.heard(topic, now.everySeconds * 1000);
    return now.status === 'ready' && (before?.status !== 'ready' || before.bootId !== now.bootId);
  }
}

export interface KioskPresenceOptions {
  readonly bootId: string;
  readonly version: string;
  /** How often health goes out; undefined = never. */
  readonly everySeconds?: number;
  now(): number;
}

/** What this kiosk says of itself, number by number of its connections. */
export class KioskPresence {
  readonly #options: KioskPresenceOptions;
  #status: KioskState['status'] = 'init';
  #faults: readonly string[] = [];
  #standing: readonly string[] = [];

  constructor(options: KioskPresenceOptions) {
    this.#options = options;
  }

  set(status: KioskState['status'], faults: readonly string[]): void {
    this.#status = status;
    this.#faults = faults.slice(0, 16);
  }

  /** Faults of the link itself: they stay, whatever the screen says next. */
  setStanding(faults: readonly string[]): void {
    this.#standing = faults;
  }

  birth(bdSeq: number): Uint8Array {
    return this.#encode(bdSeq, this.#status, [...this.#faults, ...this.#standing].slice(0, 16));
  }

  /** Will and goodbye alike. */
  offline(bdSeq: number): Uint8Array {
    return this.#encode(bdSeq, 'offline', []);
  }

  /** Whether the retained state says `offline` although connection `bdSeq` lives: a late Will overwrote the birth. */
  contradicted(payload: Uint8Array, bdSeq: number): boolean {
    if (payload.length === 0) return true;
    const seen = readMessage('state', kioskStateSchema, payload);
    return seen.status === 'offline' && !(seen.bootId === this.#options.bootId && seen.bdSeq > bdSeq);
  }

  #encode(bdSeq: number, status: KioskState['status'], faults: readonly string[]): Uint8Array {
    const { bootId, version, everySeconds, now } = this.#options;
    const promise = everySeconds === undefined ? {} : { everySeconds };
    const at = new Date(now()).toISOString();
    const state: KioskState = { v: 1, status, bootId, bdSeq, at, version, faults: [...faults], ...promise };
    return new TextEncoder().encode(JSON.stringify(state));
  }
}
