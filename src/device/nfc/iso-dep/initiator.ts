// The reader's side of ISO/IEC 14443-4: blocks out, blocks in, chaining both ways, and what is done when one is lost (7.5.4, annex B).
// Knows no chip and no bus; the link below carries one block and brings the next. Copies of what passes are wiped: a PIN goes through here.

import { concat, wipe } from '../../../core/bytes.ts';
import { type Block, type BlockNumber, blockOverhead, readBlock, writeBlock } from './block.ts';

/** silent: no answer within the time. damaged: something came, but its check bytes or framing were wrong. */
export type LinkAnswer = Uint8Array | 'silent' | 'damaged';

export interface BlockLink {
  /** Sends one block (check bytes are added below) and waits for the next, `waitMs` at most. */
  exchange(block: Uint8Array, waitMs: number, signal?: AbortSignal): Promise<LinkAnswer>;
}

export interface IsoDepOptions {
  readonly link: BlockLink;
  /** Absent: blocks carry none, which addresses CID 0. */
  readonly cid?: number;
  /** Largest frame the card takes, check bytes included (FSC). */
  readonly maxFrame: number;
  /** Frame waiting time. */
  readonly waitMs: number;
  /** Longest answer that is taken, so that a hostile card cannot fill the memory. */
  readonly maxAnswer?: number;
}

/** The card could not be brought to speak. silent: the last tries brought nothing at all. */
export class IsoDepLost extends Error {
  override readonly name = 'IsoDepLost';
  readonly reason: 'silent' | 'damaged' | 'protocol';

  constructor(reason: 'silent' | 'damaged' | 'protocol') {
    super(`ISO-DEP: ${reason}`);
    this.reason = reason;
  }
}

/** Tries after the first before a card counts as lost. */
const RETRIES = 2;
/** 14443-4, 7.2: no waiting time is longer, whatever the multiplier. */
const MAX_WAIT_MS = 4949;
/** Extensions in a row; at FWI 10 that is more than a minute. */
const MAX_EXTENSIONS = 200;
/** Waiting times of one APDU together, those granted and those that passed in silence: a card cannot hold a visit for ever. A signature takes a second. */
const MAX_APDU_WAIT_MS = 60_000;

export class IsoDepInitiator {
  readonly #link: BlockLink;
  readonly #cid: { readonly cid?: number };
  readonly #infBytes: number;
  readonly #waitMs: number;
  readonly #maxAnswer: number;
  #number: BlockNumber = 0;
  #waitedMs = 0;
  /** Where an exchange broke off, if one did. block: nobody knows whether the card took it. chain: the card holds the half of a command. */
  #broken: 'no' | 'block' | 'chain' = 'no';

  constructor({ link, cid, maxFrame, waitMs, maxAnswer = 65_538 }: IsoDepOptions) {
    this.#link = link;
    this.#cid = cid === undefined ? {} : { cid };
    this.#infBytes = maxFrame - blockOverhead(cid);
    this.#waitMs = waitMs;
    this.#maxAnswer = maxAnswer;
  }

  /** One APDU and its whole answer. Throws IsoDepLost, or the signal's reason. */
  async transceive(apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    this.#waitedMs = 0;
    if (this.#broken !== 'no') await this.#settle(signal);
    this.#broken = 'block';
    let last: Block & { kind: 'i' } = { kind: 'i', number: 0, more: false, inf: new Uint8Array(0) };
    for (let at = 0; at === 0 || at < apdu.length; at += this.#infBytes) {
      const inf = apdu.subarray(at, at + this.#infBytes);
      const more = at + inf.length < apdu.length;
      const answer = await this.#deliver({ kind: 'i', number: this.#number, more, ...this.#cid, inf }, signal);
      if (answer !== undefined) last = answer;
      this.#broken = more ? 'chain' : 'block';
    }
    const whole = await this.#collect(last, signal);
    this.#broken = 'no';
    return whole;
  }

  /** Whether anything answers R(NAK) (7.5.4.3 rule 12: a card that lies still must). Changes nothing in the card. */
  async isPresent(waitMs: number, signal?: AbortSignal): Promise<boolean> {
    const got = await this.#link.exchange(this.#reply('nak'), waitMs, signal);
    if (typeof got !== 'string') wipe(got);
    return got !== 'silent';
  }

  /** S(DESELECT); a card that does not answer is left alone (7.5.4.2 rule 8). */
  async deselect(waitMs: number, signal?: AbortSignal): Promise<boolean> {
    for (let attempt = 0; attempt <= RETRIES; attempt += 1) {
      const got = await this.#link.exchange(writeBlock({ kind: 'deselect', ...this.#cid }), waitMs, signal);
      if (typeof got !== 'string' && readBlock(got)?.kind === 'deselect') return true;
    }
    return false;
  }

  /** Sends an I-block until the card has taken it; gives its answer, or undefined after R(ACK) to a block that goes on. */
  async #deliver(block: Block & { kind: 'i' }, signal?: AbortSignal): Promise<(Block & { kind: 'i' }) | undefined> {
    const frame = writeBlock(block);
    try {
      let repeats = 0;
      const got = await this.#ask(frame, 'nak', signal, (answer) => {
        // 7.5.4.2 rule 6: the card asks with the other number, so the block was lost on its way: once more.
        if (answer.kind !== 'ack' || answer.number === block.number) return undefined;
        repeats += 1;
        return repeats <= RETRIES ? frame : undefined;
      });
      if (got.kind === 'i' ? block.more : !block.more) throw new IsoDepLost('protocol');
      return got.kind === 'i' ? got : undefined;
    } finally {
      wipe(frame);
    }
  }

  /** The rest of an answer that came in several blocks, each asked for by R(ACK). */
  async #collect(first: Block & { kind: 'i' }, signal?: AbortSignal): Promise<Uint8Array> {
    const parts = [first.inf];
    let length = first.inf.length;
    try {
      for (let more = first.more; more; ) {
        const got = await this.#ask(this.#reply('ack'), 'ack', signal);
        if (got.kind !== 'i') throw new IsoDepLost('protocol');
        parts.push(got.inf);
        length += got.inf.length;
        // A chain of empty blocks would never end.
        if (length > this.#maxAnswer || got.inf.length === 0) throw new IsoDepLost('protocol');
        more = got.more;
      }
      return concat(...parts);
    } finally {
      wipe(...parts);
    }
  }

  /**
   * One block out and the card's next I-block or R(ACK) with our number, which it turns over (7.5.3 rule B). What is invalid or missing is
   * asked for again: by R(NAK) after a block of ours, by R(ACK) inside a chain of the card (7.5.4.2 rules 4 and 5).
   */
  async #ask(
    frame: Uint8Array,
    again: 'nak' | 'ack',
    signal: AbortSignal | undefined,
    resend: (answer: Block) => Uint8Array | undefined = () => undefined,
  ): Promise<Block & { kind: 'i' | 'ack' | 'nak' }> {
    let out = frame;
    let waitMs = this.#waitMs;
    let extensions = 0;
    for (let failures = 0; ; ) {
      const got = await this.#link.exchange(out, waitMs, signal);
      waitMs = this.#waitMs;
      const block = typeof got === 'string' ? undefined : readBlock(got);
      if (block !== undefined && (block.cid ?? 0) === (this.#cid.cid ?? 0)) {
        if (block.kind === 'wtx' && extensions < MAX_EXTENSIONS) {
          extensions += 1;
          failures = 0;
          out = writeBlock({ kind: 'wtx', multiplier: block.multiplier, ...this.#cid });
          waitMs = this.#granted(block.multiplier);
          continue;
        }
        if ((block.kind === 'i' || block.kind === 'ack') && block.number === this.#number) {
          this.#number = block.number === 0 ? 1 : 0;
          return block;
        }
        const repeated = resend(block);
        if (repeated !== undefined) {
          out = repeated;
          continue;
        }
      }
      failures += 1;
      this.#spend(this.#waitMs);
      if (failures > RETRIES) throw new IsoDepLost(typeof got === 'string' ? got : 'protocol');
      out = this.#reply(again);
    }
  }

  /** After an exchange that broke off: R(NAK) brings the answer nobody heard, which is dropped, or R(ACK): the block never arrived. */
  async #settle(signal?: AbortSignal): Promise<void> {
    if (this.#broken === 'chain') throw new IsoDepLost('protocol');
    for (let failures = 0; ; failures += 1) {
      let got = await this.#link.exchange(this.#reply('nak'), this.#waitMs, signal);
      for (let extensions = 0; extensions < MAX_EXTENSIONS; extensions += 1) {
        const block = typeof got === 'string' ? undefined : readBlock(got);
        if (block?.kind !== 'wtx') break;
        const waitMs = this.#granted(block.multiplier);
        got = await this.#link.exchange(writeBlock({ kind: 'wtx', multiplier: block.multiplier, ...this.#cid }), waitMs, signal);
      }
      const block = typeof got === 'string' ? undefined : readBlock(got);
      if (block?.kind === 'ack' && block.number !== this.#number) return;
      if (block?.kind === 'i' && block.number === this.#number) {
        this.#number = block.number === 0 ? 1 : 0;
        wipe(await this.#collect(block, signal));
        return;
      }
      if (failures >= RETRIES) throw new IsoDepLost(typeof got === 'string' ? got : 'protocol');
    }
  }

  #granted(multiplier: number): number {
    const waitMs = Math.min(this.#waitMs * multiplier, MAX_WAIT_MS);
    this.#spend(waitMs);
    return waitMs;
  }

  #spend(ms: number): void {
    this.#waitedMs += ms;
    if (this.#waitedMs > MAX_APDU_WAIT_MS) throw new IsoDepLost('protocol');
  }

  #reply(kind: 'ack' | 'nak'): Uint8Array {
    return writeBlock({ kind, number: this.#number, ...this.#cid });
  }
}
