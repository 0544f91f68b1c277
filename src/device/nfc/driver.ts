// One command to the PN532 and its answer (UM0701-02, 6.2.2): acknowledgement, answer, repetition of what was damaged, abort.
// One command at a time. Never sends a command a second time that may have reached the card.

import { concat, equal, wipe } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { BitRate } from './bit-rate.ts';
import { chipFailure, SYNTAX_ERROR_CODE } from './chip-error.ts';
import {
  bitRate,
  communicationTest,
  getFirmwareVersion,
  inRelease,
  type Pn532Command,
  rfField,
  rfRetries,
  rfTimeouts,
  samConfiguration,
  setParameters,
} from './commands.ts';
import { ACK_FRAME, CHIP_TO_HOST, dataFrame, frameLength, HOST_TO_CHIP, NACK_FRAME } from './frame.ts';
import { Queue } from './queue.ts';
import { throughTimeoutIndex, USUAL_INDEX } from './through-timeout.ts';
import { BusError, type Pn532Transport, type Received } from './transport.ts';

export interface Pn532DriverOptions {
  readonly transport: Pn532Transport;
  readonly clock: Clock;
  readonly log: Log;
  /** The chip acknowledges within 15 ms (UM0701-02, 6.2.2); more means that it never heard the command. */
  readonly ackTimeoutMs?: number;
  /** Longest wait for an answer. A signature with waiting-time extensions takes up to some seconds. */
  readonly answerTimeoutMs?: number;
  /** Pause with the field off, and again with it on, so that a card starts anew (ISO/IEC 14443-3, 5: 5 ms). */
  readonly fieldMs?: number;
}

export interface Firmware {
  readonly chip: number;
  readonly version: number;
  readonly revision: number;
  readonly support: number;
}

const TRIES = 3;
/** Sound frames that answer something else, in a row: a chip that says the same for ever is not listened to for ever. */
const MAX_STRAYS = 8;
const PN532 = 0x32;
const SUPPORTS_TYPE_B = 0x02;
const ECHO = Uint8Array.from('kazashi', (char) => char.charCodeAt(0));
/** Bytes of the echoes that must all be right before a shorter pause on the bus is kept: as commands go, short ones and extended frames. */
const TRIAL_ECHOES = [7, 57, 1, 262, 7, 20, 262, 1, 57, 7, 262, 12, 1, 262];

/** Throws KioskFailure reader/unavailable (bus dead, chip silent or foreign), reader/protocol (garbled), or the signal's reason. */
export class Pn532Driver {
  readonly #transport: Pn532Transport;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #ackTimeoutMs: number;
  readonly #answerTimeoutMs: number;
  readonly #fieldMs: number;
  readonly #queue = new Queue();
  #throughIndex: number = USUAL_INDEX;
  #rate: BitRate = 106;

  constructor(options: Pn532DriverOptions) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#ackTimeoutMs = options.ackTimeoutMs ?? 30;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 10_000;
    this.#fieldMs = options.fieldMs ?? 6;
  }

  /** Sends a command and gives the bytes after the answer code. */
  execute(command: Pn532Command, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#queue.run(async () => {
      signal?.throwIfAborted();
      try {
        const frame = dataFrame(HOST_TO_CHIP, concat(Uint8Array.of(command.code), command.data));
        await this.#handshake(command, frame, signal).finally(() => wipe(frame));
        return await this.#answer(command, signal);
      } catch (error) {
        throw await this.#failed(error, signal);
      }
    });
  }

  /** Brings the chip from any state to a quiet, known one: awake, configured, field on, no target. */
  async initialise(signal?: AbortSignal): Promise<Firmware> {
    await this.#queue.run(() => this.#transport.wake());
    await this.execute(samConfiguration(), signal);
    const firmware = await this.firmware(signal);
    await this.execute(setParameters(), signal);
    await this.execute(rfRetries(1), signal);
    await this.execute(rfTimeouts(USUAL_INDEX), signal);
    this.#throughIndex = USUAL_INDEX;
    await this.#settleGap(signal);
    await this.resetField(signal);
    return firmware;
  }

  /** The wires are opened anew by the next command. */
  async renewWires(): Promise<void> {
    await this.#queue.run(async () => this.#transport.renew?.());
  }

  async firmware(signal?: AbortSignal): Promise<Firmware> {
    const [chip = 0, version = 0, revision = 0, support = 0] = await this.execute(getFirmwareVersion(), signal);
    if (chip !== PN532 || (support & SUPPORTS_TYPE_B) === 0) {
      throw new KioskFailure('reader/unavailable', {
        facts: { chip, support },
        message: 'the chip that answered is no PN532 with type B: check the address and the board',
      });
    }
    return { chip, version, revision, support };
  }

  /** The chip must echo a pattern. */
  async communicationTest(signal?: AbortSignal): Promise<void> {
    if (!(await this.#echoes(ECHO, signal))) throw new KioskFailure('reader/protocol', { facts: { test: 'echo' } });
  }

  async #echoes(pattern: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    return equal(await this.execute(communicationTest(pattern), signal), concat(Uint8Array.of(0), pattern));
  }

  /** The shortest pause on the bus that this board keeps up with, tried by echoes before any card is looked for. */
  async #settleGap(signal?: AbortSignal): Promise<void> {
    const { gap } = this.#transport;
    if (gap === undefined) return;
    const echoes = async () => {
      for (const [turn, length] of TRIAL_ECHOES.entries()) {
        if (
          !(await this.#echoes(
            Uint8Array.from({ length }, (_, i) => (i * 151 + turn * 89) & 0xff),
            signal,
          ))
        )
          return false;
      }
      return true;
    };
    await gap.settle(echoes, async () => {
      signal?.throwIfAborted();
      await this.#queue.run(() => this.#transport.wake());
    });
    this.#log.debug('nfc.bus-pause', { ms: gap.ms });
  }

  /** Something went wrong on the wires: from now on with a longer pause, if there is one. */
  #faulted(): void {
    const { gap } = this.#transport;
    if (gap?.faulted() === true) this.#log.info('nfc.bus-pause', { ms: gap.ms, longer: true });
  }

  /** How long InCommunicateThru waits for a card, at least. Costs a command only when it changes. */
  async setThroughTimeout(waitMs: number, signal?: AbortSignal): Promise<void> {
    const index = throughTimeoutIndex(waitMs);
    if (index === this.#throughIndex) return;
    this.#throughIndex = 0; // unknown, should the command break off
    await this.execute(rfTimeouts(index), signal);
    this.#throughIndex = index;
  }

  /** Bit rate of InCommunicateThru, both ways. */
  async setBitRate(rate: BitRate, signal?: AbortSignal): Promise<void> {
    if (rate === this.#rate) return;
    this.#rate = 847; // unknown, should the command break off
    await this.execute(bitRate(rate), signal);
    this.#rate = rate;
  }

  /** Field off and on: every card in it loses its state and can be found again. */
  async resetField(signal?: AbortSignal): Promise<void> {
    await this.execute(inRelease(), signal);
    await this.setBitRate(106, signal);
    await this.fieldOff(signal);
    await sleep(this.#clock, this.#fieldMs, signal);
    await this.execute(rfField(true), signal);
    await sleep(this.#clock, this.#fieldMs, signal);
  }

  async fieldOff(signal?: AbortSignal): Promise<void> {
    await this.execute(rfField(false), signal);
  }

  /** Sends until acknowledged. A write that broke off may have arrived all the same: only the missing acknowledgement tells. */
  async #handshake(command: Pn532Command, frame: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    let broken: unknown;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      broken = await this.#transport.send(frame).then(
        () => undefined,
        (error: unknown) => error,
      );
      const heard = await this.#acknowledgement(signal);
      if (heard === 'yes' || (heard === 'perhaps' && broken === undefined)) return;
      // Neither the write nor its acknowledgement is sure: the card may be at work on it already.
      if (heard === 'perhaps' && !command.repeatable) throw broken;
      this.#log.debug('nfc.resend', { command: command.code, attempt });
      this.#faulted();
    }
    throw broken ?? new KioskFailure('reader/unavailable', { facts: { silent: true }, message: 'the reader chip does not answer' });
  }

  /** yes: the chip spoke, even if garbled. perhaps: the bus failed meanwhile. no: it had nothing to say, so it never got a whole command. */
  async #acknowledgement(signal: AbortSignal | undefined): Promise<'yes' | 'perhaps' | 'no'> {
    for (let frames = 0; frames < TRIES; frames += 1) {
      const received = await this.#receive(this.#ackTimeoutMs, ACK_FRAME.length, signal);
      if (received.kind === 'ack') return 'yes';
      if (received.kind === 'damaged') {
        this.#faulted();
        return 'yes';
      }
      // Our own frame, heard back.
      if (received.kind === 'data' && received.tfi !== CHIP_TO_HOST) return 'yes';
      if (received.kind === 'lost') return 'perhaps';
      if (received.kind === 'timeout') return 'no';
      // A late answer to an aborted command: dropped, the acknowledgement comes behind it.
    }
    return 'no';
  }

  async #answer(command: Pn532Command, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const deadline = this.#clock.monotonicMs() + this.#answerTimeoutMs;
    let strays = 0;
    for (let damaged = 0; damaged < TRIES && strays < MAX_STRAYS; ) {
      const left = Math.max(this.#ackTimeoutMs, deadline - this.#clock.monotonicMs());
      const received = await this.#receive(left, frameLength(command.likelyAnswer), signal);
      if (received.kind === 'error') throw chipFailure(SYNTAX_ERROR_CODE);
      if (received.kind === 'timeout') throw new KioskFailure('reader/protocol', { facts: { command: command.code, answerTimeout: true } });
      if (received.kind === 'damaged' || received.kind === 'lost') {
        damaged += 1;
        this.#log.debug('nfc.damaged-frame', { command: command.code, damaged });
        this.#faulted();
        await this.#transport.send(NACK_FRAME);
      } else if (received.kind === 'data' && received.tfi === CHIP_TO_HOST && received.body[0] === command.code + 1) {
        return received.body.subarray(1);
      } else strays += 1;
    }
    const facts = strays < MAX_STRAYS ? { damaged: TRIES } : { strays };
    throw new KioskFailure('reader/protocol', { facts: { command: command.code, ...facts } });
  }

  async #receive(timeoutMs: number, likelyLength: number, signal: AbortSignal | undefined): Promise<Received> {
    const received = await this.#transport.receive({ timeoutMs, likelyLength, ...(signal === undefined ? {} : { signal }) });
    if ('retried' in received) this.#faulted();
    return received;
  }

  /** Stops what the chip may still be doing, and names the failure. */
  async #failed(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    await this.#transport.send(ACK_FRAME).catch(() => undefined);
    if (signal?.aborted === true && error === signal.reason) return error;
    if (!(error instanceof BusError)) return error;
    this.#faulted();
    return isFailure(error.cause)
      ? error.cause
      : new KioskFailure('reader/unavailable', {
          facts: { errno: error.errno },
          cause: error,
          message: `the reader's bus failed (${error.errno})`,
        });
  }
}
