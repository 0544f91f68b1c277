// Commands of the terminal that were verified: each takes effect once, however often the broker delivers it.

import type { CommandMessage } from './contract/index.ts';

/** Remembers ids for as long as their signature could still pass. */
export class CommandGate {
  readonly #seen = new Map<string, number>();

  /** True the first time. `nowMs` is the wall clock, the one `expiresAt` is in. */
  admit(command: CommandMessage, nowMs: number): boolean {
    for (const [id, expires] of this.#seen) if (expires <= nowMs) this.#seen.delete(id);
    if (this.#seen.has(command.id)) return false;
    this.#seen.set(command.id, Date.parse(command.expiresAt));
    return true;
  }
}
