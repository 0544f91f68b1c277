// A simulated type B card as the air sees it: initialisation (ISO/IEC 14443-3, 7) and the card's side of the block protocol (14443-4, 7.5),
// at the bit rate it was given. The chip behind it only knows APDUs. Speaks in frames without check bytes; the field adds those.

import type { VirtualCardChip } from '../../../card/ports.ts';
import { concat, equal } from '../../../core/bytes.ts';
import { type Clock, sleep } from '../../../core/clock.ts';
import { BIT_RATES, type BitRate } from '../bit-rate.ts';
import { type BlockNumber, blockOverhead, frameSize, readBlock, writeBlock } from '../iso-dep/block.ts';
import { cardThinkMs, frameWaitingMs, type Pace, type ThinkTimes } from './timing.ts';

export interface TypeBCardOptions {
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly think: ThinkTimes;
  /** Protocol info of the ATQB: bit rates, frame size and type, FWI and options (14443-3, 7.9.4). */
  readonly protocolInfo: Uint8Array;
  /** Called when the card begins to work on an APDU. */
  readonly onWork?: () => void;
}

const APPLICATION_DATA = Uint8Array.of(0x00, 0x00, 0x41, 0xe0);
/** REQB and WUPB; in the low half of its one byte also a slot marker (14443-3, 7.6.1 and 7.8). */
const ANTICOLLISION = 0x05;
const ATTRIB = 0x1d;
const WAKE_UP = 0x08;
/** Share of the frame waiting time after which a card that still works asks for more. */
const PATIENCE = 0.8;

export class TwinTypeBCard {
  readonly #chip: VirtualCardChip;
  readonly #options: TypeBCardOptions;
  #state: 'idle' | 'ready' | 'active' | 'halt' = 'idle';
  #pupi: Uint8Array = new Uint8Array(4);
  #rate: BitRate = 106;
  /** The one in which it answers, of those that the reader offered. */
  #slot = 1;
  #cid = 0;
  /** Largest frame the reader takes. */
  #maxFrame = 256;
  #number: BlockNumber = 1;
  #incoming: Uint8Array[] = [];
  #outgoing: Uint8Array = new Uint8Array(0);
  #last: Uint8Array | undefined;
  #work: { readonly answer: Promise<Uint8Array>; thinkMs: number } | undefined;

  constructor(chip: VirtualCardChip, options: TypeBCardOptions) {
    this.#chip = chip;
    this.#options = options;
  }

  /** Field off, or on again. */
  reset(): void {
    this.#state = 'idle';
    this.#rate = 106;
    this.#work = undefined;
  }

  halt(): void {
    this.#state = 'halt';
    this.#rate = 106;
    this.#work = undefined;
  }

  /** The card's frame, or undefined: silence. Rejects when the chip dies. */
  async receive(frame: Uint8Array, rate: BitRate): Promise<Uint8Array | undefined> {
    if (rate !== this.#rate) return undefined;
    if (this.#state !== 'active') return this.#initialise(frame);
    const block = readBlock(frame);
    if (block === undefined || (block.cid ?? 0) !== this.#cid) return undefined;
    const cid = block.cid === undefined ? {} : { cid: block.cid };
    switch (block.kind) {
      case 'deselect':
        this.halt();
        return frame;
      case 'wtx':
        return this.#work === undefined ? undefined : this.#answer(cid);
      case 'ack':
      case 'nak':
        if (this.#work !== undefined) return this.#answer(cid); // nobody heard the request for more time
        if (block.number === this.#number) return this.#last; // rule 11
        if (block.kind === 'nak') return writeBlock({ kind: 'ack', number: this.#number, ...cid }); // rule 12
        if (this.#outgoing.length === 0) return undefined;
        this.#toggle();
        return this.#nextBlock(cid); // rule 13
      case 'i': {
        this.#toggle(); // rule D
        this.#incoming.push(block.inf.slice());
        if (block.more) return this.#send(writeBlock({ kind: 'ack', number: this.#number, ...cid }));
        const apdu = concat(...this.#incoming);
        this.#incoming = [];
        const answer = this.#chip.transceive(apdu);
        answer.catch(() => undefined);
        this.#work = { answer, thinkMs: cardThinkMs(apdu, this.#options.think) };
        this.#options.onWork?.();
        return this.#answer(cid);
      }
    }
  }

  #initialise(frame: Uint8Array): Uint8Array | undefined {
    const { random, protocolInfo } = this.#options;
    if (frame[0] === ANTICOLLISION && frame.length === 3) {
      if (this.#state === 'halt' && ((frame[2] ?? 0) & WAKE_UP) === 0) return undefined;
      this.#pupi = random(4);
      this.#state = 'ready';
      const slots = 2 ** ((frame[2] ?? 0) & 0x07);
      this.#slot = slots === 1 ? 1 : 1 + ((random(1)[0] ?? 0) % slots);
      return this.#slot === 1 ? this.#atqb(protocolInfo) : undefined;
    }
    if (frame.length === 1 && ((frame[0] ?? 0) & 0x0f) === ANTICOLLISION) {
      return this.#state === 'ready' && (frame[0] ?? 0) >> 4 === this.#slot - 1 ? this.#atqb(protocolInfo) : undefined;
    }
    if (frame[0] !== ATTRIB || this.#state !== 'ready' || frame.length < 9 || !equal(frame.subarray(1, 5), this.#pupi)) return undefined;
    const [rates = 0, , parameter3 = 0, cid = 0] = [frame[6], 0, frame[7], frame[8]];
    const [down, up] = [BIT_RATES[(rates >> 4) & 3], BIT_RATES[(rates >> 6) & 3]];
    if (down === undefined || down !== up || (parameter3 & 1) === 0) return undefined;
    this.#state = 'active';
    this.#rate = down;
    this.#maxFrame = frameSize(rates & 0x0f);
    this.#cid = cid & 0x0f;
    this.#number = 1;
    this.#incoming = [];
    this.#outgoing = new Uint8Array(0);
    this.#last = undefined;
    return Uint8Array.of(this.#cid);
  }

  #atqb(protocolInfo: Uint8Array): Uint8Array {
    return concat(Uint8Array.of(0x50), this.#pupi, APPLICATION_DATA, protocolInfo);
  }

  /** The answer once the work is done; before that, every now and then, the request for more time (rule 9). */
  async #answer(cid: { cid?: number }): Promise<Uint8Array> {
    const work = this.#work;
    if (work === undefined) throw new Error('no work');
    const { clock, pace, protocolInfo } = this.#options;
    const patienceMs = frameWaitingMs(protocolInfo) * PATIENCE;
    const askForTime = () => writeBlock({ kind: 'wtx', multiplier: 1, ...cid });
    if (pace.real) {
      const now = Math.min(work.thinkMs, patienceMs);
      await pace.take(now);
      work.thinkMs -= now;
      if (work.thinkMs > 0) return askForTime();
    }
    // A chip that is slow by itself asks for time whatever the pace of the air.
    const slow = new AbortController();
    const late = sleep(clock, patienceMs, slow.signal).then(
      () => 'late' as const,
      () => 'late' as const,
    );
    const outcome = await Promise.race([work.answer, late]).finally(() => slow.abort());
    if (outcome === 'late') return askForTime();
    this.#outgoing = await work.answer;
    if (this.#work === work) this.#work = undefined;
    return this.#nextBlock(cid);
  }

  #nextBlock(cid: { cid?: number }): Uint8Array {
    const inf = this.#outgoing.subarray(0, this.#maxFrame - blockOverhead(cid.cid));
    this.#outgoing = this.#outgoing.subarray(inf.length);
    return this.#send(writeBlock({ kind: 'i', number: this.#number, more: this.#outgoing.length > 0, ...cid, inf }));
  }

  #send(frame: Uint8Array): Uint8Array {
    this.#last = frame;
    return frame;
  }

  #toggle(): void {
    this.#number = this.#number === 0 ? 1 : 0;
  }
}
