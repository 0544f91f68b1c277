// The operating system of a simulated chip: applications and files in the manner of JICSAP 1.1, secrets with honest counters, signatures by its
// keys. Speaks APDU bytes as the real card is reported to. Security status lives per application and dies with power or the next SELECT.

import { randomBytes } from 'node:crypto';
import { concat, equal } from '../../core/bytes.ts';
import { type CommandApdu, parseCommand } from '../apdu.ts';
import { encodeTlv } from '../ber.ts';
import { SW } from '../status-word.ts';
import { computeSignature } from './chip-crypto.ts';
import type { Access, Application, ChangeCommand, Memory } from './chip-image.ts';
import { TerminalCheck } from './chip-terminal.ts';
import { mayBecome } from './secret-form.ts';

export interface ChipOptions {
  readonly random?: (length: number) => Uint8Array;
  /** Called whenever non-volatile memory (a counter) has changed, before the answer leaves the chip. */
  readonly onWrite?: () => void;
}

class Status extends Error {
  readonly sw: number;
  constructor(sw: number) {
    super(sw.toString(16));
    this.sw = sw;
  }
}

const NO_DATA = new Uint8Array();
/** INTERNAL AUTHENTICATE key of the common application. */
const AUTHENTICATION_KEY = 0x19;

export class Chip {
  readonly #memory: Memory;
  readonly #random: (length: number) => Uint8Array;
  readonly #onWrite: () => void;
  #application: Application | undefined;
  #file: number | undefined;
  readonly #verified = new Set<number>();
  readonly #terminal = new TerminalCheck();
  readonly #instructions: ReadonlyMap<number, { cla: number; run: (command: CommandApdu) => Uint8Array }> = new Map([
    [0xa4, { cla: 0x00, run: (command) => this.#select(command) }],
    [0x20, { cla: 0x00, run: (command) => this.#verify(command) }],
    [0xb0, { cla: 0x00, run: (command) => this.#readBinary(command) }],
    [0xb2, { cla: 0x00, run: (command) => this.#readRecord(command) }],
    [0x84, { cla: 0x00, run: (command) => this.#challenge(command) }],
    [0x88, { cla: 0x00, run: (command) => this.#authenticate(command) }],
    [0x2a, { cla: 0x80, run: (command) => this.#sign(command) }],
    [0x24, { cla: 0x00, run: (command) => this.#change('iso', 0x01, command) }],
    [0x32, { cla: 0x80, run: (command) => this.#change('jicsap', 0x00, command) }],
    [0xa2, { cla: 0x80, run: (command) => this.#terminalCertificate(command) }],
    [0x82, { cla: 0x00, run: (command) => this.#terminalResponse(command) }],
    [0xca, { cla: 0x00, run: (command) => this.#getData(command) }],
  ]);

  constructor(memory: Memory, options: ChipOptions = {}) {
    this.#memory = memory;
    this.#random = options.random ?? ((length) => Uint8Array.from(randomBytes(length)));
    this.#onWrite = options.onWrite ?? (() => undefined);
  }

  /** Power-up or power loss: nothing is selected, nothing is verified. */
  reset(): void {
    this.#application = undefined;
    this.#file = undefined;
    this.#verified.clear();
    this.#terminal.reset();
  }

  answer(bytes: Uint8Array): Uint8Array {
    try {
      const data = this.#execute(bytes);
      return concat(data, Uint8Array.of(0x90, 0x00));
    } catch (error) {
      if (!(error instanceof Status)) throw error;
      return Uint8Array.of(error.sw >> 8, error.sw & 0xff);
    }
  }

  #execute(bytes: Uint8Array): Uint8Array {
    const command = parseCommand(bytes);
    if (command === undefined) throw new Status(SW.wrongLength);
    const { cla, ins } = command;
    if (cla === 0x00 || cla === 0x80) {
      const known = this.#instructions.get(ins);
      if (known === undefined) throw new Status(SW.instructionNotSupported);
      if (known.cla !== cla) throw new Status(SW.classNotSupported);
      return known.run(command);
    }
    const channelOrMessaging = cla & 0x7f;
    if (channelOrMessaging <= 0x03) throw new Status(SW.channelNotSupported);
    throw new Status(channelOrMessaging <= 0x0f ? SW.secureMessagingNotSupported : SW.classNotSupported);
  }

  #current(): Application {
    if (this.#application === undefined) throw new Status(SW.noCurrentFile);
    return this.#application;
  }

  #select({ p1, p2, data = NO_DATA }: CommandApdu): Uint8Array {
    if (p2 !== 0x0c && p2 !== 0x00) throw new Status(SW.wrongParameters);
    if (p1 === 0x00 && data.length === 0 && this.#application !== undefined) return NO_DATA;
    if (p1 === 0x02) {
      if (data.length !== 2) throw new Status(SW.wrongLength);
      const id = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
      if (this.#application === undefined || !holds(this.#application, id)) throw new Status(SW.fileNotFound);
      this.#file = id;
      return NO_DATA;
    }
    if (p1 !== 0x04) throw new Status(SW.wrongParameters);
    const found = data.length === 0 ? undefined : this.#memory.applications.find(({ aid }) => equal(aid.subarray(0, data.length), data));
    if (found === undefined) throw new Status(SW.fileNotFound);
    this.reset();
    this.#application = found;
    return p2 === 0x00 ? encodeTlv(0x6f, encodeTlv(0x84, found.aid)) : NO_DATA;
  }

  /** P2 80 = current file, 81..9E = short id (which becomes the current file). */
  #referenced(p2: number, missing: number): number {
    if ((p2 & 0x80) === 0 || (p2 & 0x60) !== 0) throw new Status(SW.wrongParameters);
    const shortId = p2 & 0x1f;
    if (shortId === 0) {
      this.#current();
      if (this.#file === undefined) throw new Status(SW.noCurrentFile);
      return this.#file;
    }
    if (!holds(this.#current(), shortId)) throw new Status(missing);
    this.#file = shortId;
    return shortId;
  }

  #allows(access: Access): boolean {
    return access === 'free' || access.some((secret) => this.#verified.has(secret));
  }

  #readBinary({ p1, p2, data, le }: CommandApdu): Uint8Array {
    if (data !== undefined || le === undefined) throw new Status(SW.wrongLength);
    const application = this.#current();
    const short = (p1 & 0x80) !== 0;
    if (short) this.#referenced(p1, SW.fileNotFound);
    if (this.#file === undefined) throw new Status(SW.noCurrentFile);
    const file = application.files.get(this.#file);
    if (file === undefined) throw new Status(SW.incompatibleFile);
    if (!this.#allows(file.read)) throw new Status(SW.securityNotSatisfied);
    const offset = short ? p2 : (p1 << 8) | p2;
    if (offset >= file.content.length) throw new Status(SW.outsideFile);
    return file.content.slice(offset, offset + le);
  }

  #readRecord({ p1, p2, data, le }: CommandApdu): Uint8Array {
    if (data !== undefined || le === undefined) throw new Status(SW.wrongLength);
    if ((p2 & 0x07) !== 0x04) throw new Status(SW.wrongParameters);
    const id = p2 >> 3 === 0 ? this.#file : p2 >> 3;
    const { records } = this.#current();
    if (id === undefined) throw new Status(SW.noCurrentFile);
    const list = records.get(id);
    if (list === undefined) throw new Status(SW.incompatibleFile);
    const record = p1 === 0 ? undefined : list[p1 - 1];
    if (record === undefined) throw new Status(SW.recordNotFound);
    return record.slice(0, le);
  }

  #verify({ p1, p2, data }: CommandApdu): Uint8Array {
    if (p1 !== 0x00) throw new Status(SW.wrongParameters);
    const id = this.#referenced(p2, SW.referenceNotFound);
    const secret = this.#current().secrets.get(id);
    if (secret === undefined) throw new Status(SW.incompatibleFile);
    const tries = () => new Status(0x63c0 | secret.left);
    // The counter query never answers 9000, even after a good VERIFY, and never costs a try.
    if (data === undefined) throw tries();
    if (secret.left === 0) throw new Status(SW.blocked);
    secret.left -= 1;
    this.#onWrite();
    this.#verified.delete(id);
    if (!equal(secret.value, data)) throw tries();
    secret.left = secret.max;
    this.#onWrite();
    this.#verified.add(id);
    return NO_DATA;
  }

  /** Only right after a good VERIFY of the same secret; the new value may be wrong in form without costing a try. */
  #change(by: ChangeCommand, expectedP1: number, { p1, p2, data = NO_DATA }: CommandApdu): Uint8Array {
    const application = this.#current();
    if (application.change !== by) throw new Status(SW.instructionNotSupported);
    if (p1 !== expectedP1) throw new Status(SW.wrongParameters);
    const id = this.#referenced(p2, SW.referenceNotFound);
    const secret = application.secrets.get(id);
    if (secret?.form === undefined) throw new Status(SW.incompatibleFile);
    if (!this.#verified.has(id)) throw new Status(SW.securityNotSatisfied);
    if (!mayBecome(secret.form, data)) throw new Status(SW.wrongData);
    secret.value = Uint8Array.from(data);
    this.#onWrite();
    return NO_DATA;
  }

  /** The objects lie beside the applications: they are seen after power-up, until one is selected. */
  #getData({ p1, p2, data, le }: CommandApdu): Uint8Array {
    if (data !== undefined || le === undefined) throw new Status(SW.wrongLength);
    const object = this.#application === undefined ? this.#memory.objects.get((p1 << 8) | p2) : undefined;
    if (object === undefined) throw new Status(SW.referenceNotFound);
    return object.slice(0, le);
  }

  #sign({ p1, p2, data = NO_DATA, le }: CommandApdu): Uint8Array {
    const application = this.#current();
    const id = p2 === 0x00 ? application.defaultKey : this.#referenced(p2, SW.referenceNotFound);
    const entry = id === undefined ? undefined : application.keys.get(id);
    if (entry === undefined) throw new Status(p2 === 0x00 ? SW.referenceNotFound : SW.incompatibleFile);
    if (!this.#allows(entry.use)) throw new Status(SW.securityNotSatisfied);
    const signed = computeSignature(entry.key, p1, data);
    if (typeof signed === 'number') throw new Status(signed);
    // ISO/IEC 7816-4, 5.6: 6Cxx says how much there is, which two digits can say up to 256.
    if (le !== undefined && signed.length > le) throw new Status(signed.length > 256 ? SW.wrongLength : 0x6c00 | (signed.length & 0xff));
    return signed;
  }

  #challenge({ p1, p2, data, le }: CommandApdu): Uint8Array {
    if (p1 !== 0 || p2 !== 0) throw new Status(SW.wrongParameters);
    if (data !== undefined || le === undefined || le > 256) throw new Status(SW.wrongLength);
    const challenge = this.#random(le);
    this.#terminal.noteChallenge(challenge);
    return challenge;
  }

  /** P1 06: the body of a terminal's certificate; P1 00: its signature. The anchor's file must be the current one. */
  #terminalCertificate({ p1, p2, data = NO_DATA }: CommandApdu): Uint8Array {
    const anchor = this.#current().terminalAnchor;
    if (anchor === undefined) throw new Status(SW.instructionNotSupported);
    if (p2 !== 0xc1 || (p1 !== 0x06 && p1 !== 0x00)) throw new Status(SW.wrongParameters);
    if (this.#file !== anchor.id) throw new Status(SW.incompatibleFile);
    if (p1 === 0x06) this.#terminal.takeBody(data);
    else if (!this.#terminal.takeSignature(data, anchor.key)) throw new Status(SW.securityNotSatisfied);
    return NO_DATA;
  }

  /** EXTERNAL AUTHENTICATE (ISO/IEC 7816-4, 11.5.4): SYNTHETIC, as the rest of the scheme. Stands for the PIN afterwards. */
  #terminalResponse({ p1, p2, data = NO_DATA }: CommandApdu): Uint8Array {
    const anchor = this.#current().terminalAnchor;
    if (anchor === undefined) throw new Status(SW.instructionNotSupported);
    if (p1 !== 0x00 || p2 !== 0x80) throw new Status(SW.wrongParameters);
    if (!this.#terminal.takeResponse(data)) throw new Status(SW.securityNotSatisfied);
    this.#verified.add(anchor.id);
    return NO_DATA;
  }

  #authenticate({ p1, p2, data = NO_DATA }: CommandApdu): Uint8Array {
    const entry = this.#current().keys.get(AUTHENTICATION_KEY);
    if (p1 !== 0 || p2 !== (0x80 | AUTHENTICATION_KEY)) throw new Status(SW.wrongParameters);
    if (entry === undefined) throw new Status(SW.referenceNotFound);
    const signed = computeSignature(entry.key, 0x03, data);
    if (typeof signed === 'number') throw new Status(signed);
    return signed;
  }
}

const holds = (application: Application, id: number): boolean =>
  [application.files, application.records, application.secrets, application.keys, application.reserved].some((kind) => kind.has(id));
