// The command interpreter of the simulated PN532 (UM0701-02, chapter 7): a command body in, an answer body out.
// Its state is what the real chip's firmware keeps; it knows no bus and no frames.

import { concat } from '../../../core/bytes.ts';
import { chipError } from '../chip-error.ts';
import { COMMAND_CODE as CODE, MAX_EXCHANGE_DATA, MAX_THROUGH_DATA, MORE_INFORMATION, type PollName } from '../commands.ts';
import { IsoDepInitiator, IsoDepLost } from '../iso-dep/initiator.ts';
import type { TwinField } from './field.ts';
import { FOR_EVER, RadioSettings } from './radio-settings.ts';
import { AIR, frameWaitingMs, type Pace } from './timing.ts';

const IN_DESELECT = 0x44;
const IN_SELECT = 0x54;
const POLL_NAMES: Readonly<Record<number, PollName>> = { 0: 'a', 1: 'f212', 2: 'f424', 3: 'b' };
const ERROR = { none: 0x00, timeout: 0x01, crc: 0x02, protocol: 0x0b, badParameter: 0x10, wrongContext: 0x27, cardGone: 0x2b } as const;

/** What the firmware puts into its ATTRIB for type B: CID 1, frames of 64 bytes (both fixed in the chip). */
const FIRMWARE_CID = 0x01;
/** Slots in which cards that answered at once are told apart (14443-3, 7.7.4: the largest number), and how often that is tried. */
const SLOTS = 16;
const SLOTS_CODE = 0x04;
const ROUNDS = 8;
const FIRMWARE_FRAME = 64;
const FIRMWARE_FRAME_CODE = 0x05;
const LOST = { silent: ERROR.timeout, damaged: ERROR.crc, protocol: ERROR.protocol } as const;

export class TwinProcessor {
  readonly #field: TwinField;
  readonly #pace: Pace;
  readonly #radio = new RadioSettings();
  #asleep = true;
  #irqInUse = false;
  #listed = false;
  #session: IsoDepInitiator | undefined;
  #incoming: Uint8Array = new Uint8Array(0);
  #outgoing: Uint8Array = new Uint8Array(0);

  constructor(field: TwinField, pace: Pace) {
    this.#field = field;
    this.#pace = pace;
  }

  get irqInUse(): boolean {
    return this.#irqInUse;
  }

  /** The answer body (answer code first), or undefined for a syntax error. Rejects with the signal's reason. */
  async run(body: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const [code = -1] = body;
    const data = body.subarray(1);
    // LowVbat: nothing but these until SAMConfiguration.
    if (this.#asleep && code !== CODE.samConfiguration && code !== CODE.getFirmwareVersion) return undefined;
    const answer = await this.#dispatch(code, data, signal);
    return answer && concat(Uint8Array.of(code + 1), answer);
  }

  async #dispatch(code: number, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    switch (code) {
      case CODE.inListPassiveTarget:
        return this.#list(data, signal);
      case CODE.inDataExchange:
        return this.#exchange(data, signal);
      case CODE.inCommunicateThru:
        return this.#through(data, signal);
      default:
        await this.#pace.take(AIR.commandMs);
        return this.#configure(code, data);
    }
  }

  #configure(code: number, data: Uint8Array): Uint8Array | undefined {
    switch (code) {
      case CODE.diagnose:
        return data[0] === 0x00 ? data : undefined;
      case CODE.getFirmwareVersion:
        return Uint8Array.of(0x32, 0x01, 0x06, 0x07);
      case CODE.samConfiguration:
        return this.#samConfiguration(data);
      case CODE.setParameters:
        return data.length === 1 ? new Uint8Array(0) : undefined;
      case CODE.writeRegister:
        return this.#radio.write(data) ? new Uint8Array(0) : undefined;
      case CODE.rfConfiguration:
        return this.#rfConfiguration(data);
      case IN_DESELECT:
      case CODE.inRelease:
        this.#listed &&= code === IN_DESELECT;
        this.#session = undefined;
        this.#field.halt();
        return Uint8Array.of(ERROR.none);
      case IN_SELECT:
        return Uint8Array.of(this.#listed ? ERROR.none : ERROR.wrongContext);
      default:
        return undefined;
    }
  }

  #samConfiguration(data: Uint8Array): Uint8Array | undefined {
    if (data[0] !== 0x01) return undefined;
    this.#asleep = false;
    this.#irqInUse = (data[2] ?? 1) === 1;
    return new Uint8Array(0);
  }

  #rfConfiguration(data: Uint8Array): Uint8Array | undefined {
    const [item, first] = data;
    if (item !== 0x01 || first === undefined) return this.#radio.configure(data) ? new Uint8Array(0) : undefined;
    const on = (first & 1) === 1;
    if (!on) this.#listed = false;
    this.#field.switch(on);
    return new Uint8Array(0);
  }

  async #list(data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const [most = 0, kind = -1] = data;
    const poll = POLL_NAMES[kind];
    const enough = poll === 'b' ? 3 : poll === 'a' ? 2 : 7;
    if (poll === undefined || most < 1 || most > 2 || data.length < enough) return undefined;
    this.#listed = false;
    this.#incoming = new Uint8Array(0);
    this.#outgoing = new Uint8Array(0);
    this.#field.switch(true);
    for (;;) {
      const simple = this.#field.poll(poll);
      const found = [
        ...(simple === undefined ? [] : [simple]),
        ...(poll === 'b' ? await this.#listB(data[2] ?? 0, most, signal) : []),
      ].slice(0, most);
      if (found.length > 0) {
        await this.#pace.take(AIR.activationMs * found.length + (most > found.length ? AIR.secondLookMs : 0));
        this.#listed = true;
        return concat(Uint8Array.of(found.length), ...found.map((target, at) => concat(Uint8Array.of(at + 1), target)));
      }
      if (this.#radio.tries !== FOR_EVER) {
        await this.#pace.take(AIR.emptyPollMs * (this.#radio.tries + 1));
        return Uint8Array.of(0x00);
      }
      await this.#untilArrival(signal);
      signal.throwIfAborted();
    }
  }

  /** Target data of the ISO-DEP cards of type B that are found, `most` at most, each activated; their time on the air is in the activation's. */
  async #listB(afi: number, most: number, signal: AbortSignal): Promise<Uint8Array[]> {
    if (this.#radio.rate !== 106) return []; // registers somebody left behind: no card understands
    const targets: Uint8Array[] = [];
    this.#session = undefined;
    for (;;) {
      const found = await this.#searchB(afi, signal);
      for (const atqb of found.slice(0, most - targets.length))
        targets.push(await this.#activateB(atqb, FIRMWARE_CID + targets.length, signal));
      if (found.length === 0 || targets.length >= most) return targets;
    }
  }

  /** ATQBs of the cards that wait: of one that answers alone, or of those that answer alone in a slot (14443-3, 7.6). */
  async #searchB(afi: number, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const alone = await this.#field.whisper(Uint8Array.of(0x05, afi, 0x00), signal);
    if (alone !== 'collision') return alone === undefined ? [] : [alone];
    for (let round = 0; round < ROUNDS; round += 1) {
      const found: Uint8Array[] = [];
      for (let slot = 0; slot < SLOTS; slot += 1) {
        const heard = await this.#field.whisper(
          slot === 0 ? Uint8Array.of(0x05, afi, SLOTS_CODE) : Uint8Array.of((slot << 4) | 0x05),
          signal,
        );
        if (heard instanceof Uint8Array) found.push(heard);
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  /** ATTRIB as the firmware sends it. The first card's protocol is the one that InDataExchange speaks. */
  async #activateB(atqb: Uint8Array, cid: number, signal: AbortSignal): Promise<Uint8Array> {
    const attrib = concat(Uint8Array.of(0x1d), atqb.subarray(1, 5), Uint8Array.of(0x00, FIRMWARE_FRAME_CODE, 0x01, cid));
    const heard = await this.#field.whisper(attrib, signal);
    const accepted = heard instanceof Uint8Array ? heard : undefined;
    const waitMs = frameWaitingMs(atqb.subarray(9));
    if (cid === FIRMWARE_CID)
      this.#session =
        accepted &&
        new IsoDepInitiator({
          link: { exchange: (block, timeMs, stop) => this.#field.exchange(block, 106, timeMs, stop) },
          cid: FIRMWARE_CID,
          maxFrame: FIRMWARE_FRAME,
          waitMs,
        });
    return concat(atqb, Uint8Array.of(accepted?.length ?? 0), accepted ?? new Uint8Array(0));
  }

  #untilArrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        off();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const off = this.#field.onArrival(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async #exchange(data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const [target = 0] = data;
    if (data.length === 0 || data.length > MAX_EXCHANGE_DATA + 1) return undefined;
    if (!this.#listed || chipError(target) !== 1) return Uint8Array.of(ERROR.wrongContext);
    const piece = data.subarray(1);
    if (piece.length === 0 && this.#outgoing.length > 0) return this.#nextPiece();
    this.#incoming = concat(this.#incoming, piece);
    if ((target & MORE_INFORMATION) !== 0) return Uint8Array.of(ERROR.none);
    const apdu = this.#incoming;
    this.#incoming = new Uint8Array(0);
    if (apdu.length === 0) return Uint8Array.of(ERROR.badParameter);
    if (this.#field.card === undefined) return Uint8Array.of(ERROR.cardGone);
    if (this.#session === undefined || this.#radio.rate !== 106) return Uint8Array.of(ERROR.timeout);
    try {
      this.#outgoing = await this.#session.transceive(apdu, signal);
    } catch (error) {
      if (error instanceof IsoDepLost) return Uint8Array.of(LOST[error.reason]);
      throw error;
    }
    return this.#nextPiece();
  }

  #nextPiece(): Uint8Array {
    const piece = this.#outgoing.subarray(0, MAX_EXCHANGE_DATA);
    this.#outgoing = this.#outgoing.subarray(piece.length);
    return concat(Uint8Array.of(this.#outgoing.length > 0 ? MORE_INFORMATION : ERROR.none), piece);
  }

  async #through(data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (data.length === 0 || data.length > MAX_THROUGH_DATA) return undefined;
    const { rate, throughTimeoutMs } = this.#radio;
    const answer = rate === undefined ? 'silent' : await this.#field.exchange(data, rate, throughTimeoutMs, signal);
    if (answer === 'silent') return Uint8Array.of(ERROR.timeout);
    return answer === 'damaged' ? Uint8Array.of(ERROR.crc) : concat(Uint8Array.of(ERROR.none), answer);
  }
}
