// The command interpreter of the simulated PN532 (UM0701-02, chapter 7): a command body in, an answer body out.
// Its state is what the real chip's firmware keeps; it knows no bus and no frames.

import { concat } from '../../../core/bytes.ts';
import { chipError } from '../chip-error.ts';
import { COMMAND_CODE as CODE, MAX_EXCHANGE_DATA, MORE_INFORMATION, type PollName } from '../commands.ts';
import type { TwinField } from './field.ts';
import { AIR, airMs, type Pace, throughTimeoutMs } from './timing.ts';

const IN_DESELECT = 0x44;
const IN_SELECT = 0x54;
const POLL_NAMES: Readonly<Record<number, PollName>> = { 0: 'a', 1: 'f212', 2: 'f424', 3: 'b' };
const FOR_EVER = 0xff;
const ERROR = { none: 0x00, timeout: 0x01, badParameter: 0x10, wrongContext: 0x27, cardGone: 0x2b } as const;

export class TwinProcessor {
  readonly #field: TwinField;
  readonly #pace: Pace;
  #asleep = true;
  #irqInUse = false;
  #listed = false;
  #tries = FOR_EVER;
  #timeoutIndex = 0x0a;
  #incoming: Uint8Array = new Uint8Array(0);
  #outgoing: Uint8Array = new Uint8Array(0);
  #beforeAnswer: (() => void) | undefined;

  constructor(field: TwinField, pace: Pace) {
    this.#field = field;
    this.#pace = pace;
  }

  get irqInUse(): boolean {
    return this.#irqInUse;
  }

  /** Something that happens to the card while it works on the next APDU. */
  duringNextApdu(run: () => void): void {
    this.#beforeAnswer = run;
  }

  /** The answer body (answer code first), or undefined for a syntax error. */
  async run(body: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const [code = -1] = body;
    const data = body.subarray(1);
    await this.#pace.take(AIR.commandMs);
    // LowVbat: nothing but these until SAMConfiguration.
    if (this.#asleep && code !== CODE.samConfiguration && code !== CODE.getFirmwareVersion) return undefined;
    const answer = await this.#dispatch(code, data, signal);
    return answer && concat(Uint8Array.of(code + 1), answer);
  }

  async #dispatch(code: number, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    switch (code) {
      case CODE.diagnose:
        return data[0] === 0x00 ? data : undefined;
      case CODE.getFirmwareVersion:
        return Uint8Array.of(0x32, 0x01, 0x06, 0x07);
      case CODE.samConfiguration:
        return this.#samConfiguration(data);
      case CODE.setParameters:
        return data.length === 1 ? new Uint8Array(0) : undefined;
      case CODE.rfConfiguration:
        return this.#rfConfiguration(data);
      case CODE.inListPassiveTarget:
        return this.#list(data, signal);
      case CODE.inDataExchange:
        return this.#exchange(data);
      case CODE.inCommunicateThru:
        return this.#through(data);
      case IN_DESELECT:
      case CODE.inRelease:
        this.#listed &&= code === IN_DESELECT;
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
    const [item, first, , third] = data;
    if (item === 0x01 && first !== undefined) {
      const on = (first & 1) === 1;
      if (!on) this.#listed = false;
      this.#field.switch(on);
    } else if (item === 0x02 && third !== undefined && data.length === 4) this.#timeoutIndex = data[3] ?? this.#timeoutIndex;
    else if (item === 0x05 && third !== undefined) this.#tries = data[3] ?? FOR_EVER;
    else if (item !== 0x04 && !(item !== undefined && item >= 0x0a && item <= 0x0d)) return undefined;
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
      const found = this.#field.poll(poll);
      if (found !== undefined) {
        await this.#pace.take(AIR.activationMs);
        this.#listed = true;
        return concat(Uint8Array.of(0x01, 0x01), found);
      }
      if (this.#tries !== FOR_EVER) {
        await this.#pace.take(AIR.emptyPollMs * (this.#tries + 1));
        return Uint8Array.of(0x00);
      }
      await this.#untilArrival(signal);
      if (signal.aborted) return Uint8Array.of(0x00);
    }
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

  async #exchange(data: Uint8Array): Promise<Uint8Array | undefined> {
    const [target = 0] = data;
    if (data.length === 0 || data.length > MAX_EXCHANGE_DATA + 1) return undefined;
    if (!this.#listed || chipError(target) !== 1) return Uint8Array.of(ERROR.wrongContext);
    const piece = data.subarray(1);
    if (piece.length === 0 && this.#outgoing.length > 0) return this.#nextPiece();
    this.#incoming = concat(this.#incoming, piece);
    if ((target & MORE_INFORMATION) !== 0) {
      await this.#pace.take(airMs(piece.length));
      return Uint8Array.of(ERROR.none);
    }
    const apdu = this.#incoming;
    this.#incoming = new Uint8Array(0);
    if (apdu.length === 0) return Uint8Array.of(ERROR.badParameter);
    await this.#pace.take(airMs(piece.length) + AIR.cardMs);
    const during = this.#beforeAnswer;
    this.#beforeAnswer = undefined;
    const exchange = await this.#field.exchange(apdu, () => during?.());
    if (exchange.outcome !== 'answer') {
      await this.#pace.take(throughTimeoutMs(this.#timeoutIndex));
      return Uint8Array.of(exchange.outcome === 'gone' ? ERROR.cardGone : ERROR.timeout);
    }
    await this.#pace.take(airMs(exchange.data.length));
    this.#outgoing = exchange.data;
    return this.#nextPiece();
  }

  #nextPiece(): Uint8Array {
    const piece = this.#outgoing.subarray(0, MAX_EXCHANGE_DATA);
    this.#outgoing = this.#outgoing.subarray(piece.length);
    return concat(Uint8Array.of(this.#outgoing.length > 0 ? MORE_INFORMATION : ERROR.none), piece);
  }

  async #through(data: Uint8Array): Promise<Uint8Array> {
    const answer = this.#field.raw(data);
    await this.#pace.take(answer === undefined ? throughTimeoutMs(this.#timeoutIndex) : airMs(answer.length));
    return answer === undefined ? Uint8Array.of(ERROR.timeout) : concat(Uint8Array.of(ERROR.none), answer);
  }
}
