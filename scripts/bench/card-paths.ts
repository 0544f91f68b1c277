// The ways to a card that are measured: the driver and card layer as shipped over a simulated board in virtual time.

import { identifyCard, type MyNumberCard } from '../../src/card/my-number-card.ts';
import type { DetectedCard } from '../../src/card/ports.ts';
import type { CardTrust } from '../../src/card/trust.ts';
import { TwinCardFaceReader } from '../../src/card/twin/face-reader.ts';
import type { VirtualCard } from '../../src/card/twin/virtual-card.ts';
import { ascii, hex } from '../../src/core/bytes.ts';
import { silentLog } from '../../src/core/log.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { Pn532CardReader } from '../../src/device/nfc/card-reader.ts';
import { POLLS } from '../../src/device/nfc/commands.ts';
import { Pn532Driver } from '../../src/device/nfc/driver.ts';
import { Pn532I2cTransport } from '../../src/device/nfc/i2c-transport.ts';
import type { I2cBus } from '../../src/device/nfc/ports.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import type { Published, SignPath } from './card-floor.ts';
import { NaiveTransport } from './naive-transport.ts';

export interface CardPath extends SignPath {
  readonly name: string;
  readonly published?: Published;
  readonly fastPath: 'auto' | 'off';
  /** Protocol info of the card, if another than usual. */
  readonly protocolInfo?: Uint8Array;
  /** The pause is found at the start, as delivered, on a board that needs so much; `gapMs` is what must come out. */
  readonly needsFreeMs?: number;
}

const firmware = { kbps: 106, frame: 64, cid: true, fastPath: 'off' } as const;
const host = { kbps: 424, frame: 256, cid: false, fastPath: 'auto' } as const;
export const CARD_PATHS: readonly CardPath[] = [
  { name: 'naive: 100 kHz, looks every 10 ms, longest reads', published: 'naive', baud: 100_000, gapMs: 5, ...firmware, naive: true },
  { name: 'safe: 400 kHz, IRQ, exact reads, gap 5 ms', published: 'safe', baud: 400_000, gapMs: 5, ...firmware },
  { name: 'safe, gap 1.3 ms', published: 'safe-1.3', baud: 400_000, gapMs: 1.3, ...firmware },
  { name: 'as delivered: fast, board as its data sheet', published: 'fast', baud: 400_000, gapMs: 1.3, needsFreeMs: 1.3, ...host },
  { name: 'as delivered: fast, board that needs 5 ms', baud: 400_000, gapMs: 5, needsFreeMs: 5, ...host },
];

/** A poll for type B in its frame. */
const POLL = hex(Uint8Array.of(POLLS.b.code, ...POLLS.b.data));

const board = (path: CardPath, signMs: number) => {
  const clock = new VirtualClock();
  const irq = new TwinGpioLine(1);
  const { baud, needsFreeMs = 0, protocolInfo } = path;
  const offer = protocolInfo === undefined ? {} : { protocolInfo };
  const chip = new TwinPn532({ clock, stepMs: 0, irq, baud, needsFreeMs, think: { commandMs: 3, signMs }, ...offer });
  let polled: () => void = () => undefined;
  const bus: I2cBus = {
    write(address, bytes) {
      if (Buffer.from(bytes).toString('hex').includes(POLL)) polled();
      return chip.write(address, bytes);
    },
    read: (address, length) => chip.read(address, length),
    close: () => chip.close(),
  };
  const gapMs = path.needsFreeMs === undefined ? path.gapMs : 'auto';
  const transport = path.naive ? new NaiveTransport(bus, clock) : new Pn532I2cTransport({ bus, clock, irq, gapMs });
  const driver = new Pn532Driver({ transport, clock, log: silentLog });
  const reader = new Pn532CardReader({ driver, clock, log: silentLog, fastPath: path.fastPath });
  /** Resolves when the next poll begins, in the same turn. */
  const nextPoll = (then: () => void) =>
    new Promise<void>((resolve) => {
      polled = () => {
        polled = () => undefined;
        then();
        resolve();
      };
    });
  return { clock, chip, reader, transport, nextPoll };
};

export interface CardTimes {
  /** Modelled, from the poll that finds the card to the photo's last byte. */
  readonly photoMs: number;
  /** Real. */
  readonly decodeMs: number;
  /** Processor time of all of it, the simulated chip's and card's included. */
  readonly cpuMs: number;
  /** Modelled: from one poll for a card to the next. */
  readonly pollPeriodMs: number;
  /** Modelled: from the last digit of the PIN to the signature. */
  readonly signMs: number;
}

/** One card placed, read and signed by. The card layer's own order: nothing is skipped. */
export const measureCard = async (path: CardPath, card: VirtualCard, trust: CardTrust, signMs: number): Promise<CardTimes> => {
  const { clock, chip, reader, transport, nextPoll } = board(path, signMs);
  const never = new AbortController().signal;
  await clock.run(reader.start());
  const gapMs = 'gap' in transport ? transport.gap.ms : path.gapMs;
  if (gapMs !== path.gapMs) throw new Error(`${path.name}: the pause is ${gapMs} ms`);
  const found = reader.waitForCard(never);
  const polls: number[] = [];
  for (let i = 0; i < 2; i += 1) await clock.run(nextPoll(() => polls.push(clock.monotonicMs())));
  let placedMs = 0;
  let cpu = process.cpuUsage();
  await clock.run(
    nextPoll(() => {
      chip.insert(card);
      placedMs = clock.monotonicMs();
      cpu = process.cpuUsage();
    }),
  );
  let times = { photoMs: Number.NaN, decodeMs: 0, cpuMs: 0 };
  const read = async (detected: DetectedCard): Promise<MyNumberCard> => {
    const session = await identifyCard(detected);
    let decoding: Promise<unknown> = Promise.resolve();
    const onPhoto = (photo: Uint8Array) => {
      const photoMs = clock.monotonicMs() - placedMs;
      const began = performance.now();
      decoding = decodeJp2(photo).then(() => {
        const { user, system } = process.cpuUsage(cpu);
        times = { photoMs, decodeMs: performance.now() - began, cpuMs: (user + system) / 1000 };
      });
    };
    await session.readSummary(new TwinCardFaceReader(() => card), Date.now(), trust, never, onPhoto);
    await decoding;
    return session;
  };
  const session = await clock.run(found.then(read));
  const entered = clock.monotonicMs();
  const verified = await clock.run(session.verifyPin(ascii('1234'), { lastTryConfirmed: false }));
  if (verified.outcome !== 'verified') throw new Error(`the PIN was ${verified.outcome}`);
  await clock.run(session.signWithPin(new Uint8Array(32)));
  const signed = clock.monotonicMs() - entered;
  session.close();
  chip.remove();
  await clock.run(reader.stop());
  return { ...times, pollPeriodMs: (polls[1] ?? 0) - (polls[0] ?? 0), signMs: signed };
};
