// A reader by name: the PN532 of a box, a desk reader behind PC/SC, or a virtual card's directory on the simulated PN532.

import { existsSync } from 'node:fs';
import type { CardFaceReader, CardReader } from '../card/ports.ts';
import type { CardTrust } from '../card/trust.ts';
import { hasCard, trustOf } from '../card/twin/card-directory.ts';
import { TwinCardFaceReader } from '../card/twin/face-reader.ts';
import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { openPn532Reader } from '../device/nfc/open-reader.ts';
import { readerWires } from '../device/nfc/reader-wires.ts';
import { TwinPn532 } from '../device/nfc/twin/pn532.ts';
import { openPcscContext } from '../device/pcsc/open-pcsc.ts';
import { PcscCardReader } from '../device/pcsc/pcsc-card-reader.ts';
import { refuseWords } from './arguments.ts';
import { holdCard } from './held-card.ts';
import { layCard } from './lay-card.ts';
import { openReaderIrq } from './reader-irq.ts';
import { readTrustDirectory, type TellUnused } from './trust-directory.ts';

export interface OpenedReader {
  readonly reader: CardReader & { start(signal?: AbortSignal): Promise<void>; stop(): Promise<void> };
  /** Reads what is printed on a virtual card; a real one's face needs an eye. */
  readonly codeReader: CardFaceReader;
  readonly trust: CardTrust;
}

export interface ReaderWishes {
  /** pn532, pcsc, or a directory. */
  readonly name: string;
  /** Part of the PC/SC reader's name. */
  readonly pcscName?: string;
  readonly trust?: string;
  /** A virtual card's radio and bus take no time. */
  readonly instant?: boolean;
  readonly tellUnused: TellUnused;
  readonly settings: KioskConfig['reader'];
  readonly clock: Clock;
  readonly log: Log;
}

export const noEye: CardFaceReader = {
  readVerificationCode: () => Promise.reject(new KioskFailure('card/face-unreadable', { facts: { reason: 'no adapter' } })),
};

export const openPcscReader = ({ clock, log, pcscName }: Pick<ReaderWishes, 'clock' | 'log' | 'pcscName'>): PcscCardReader =>
  new PcscCardReader({ open: openPcscContext, clock, log, ...(pcscName === undefined ? {} : { name: pcscName }) });

const releasedAtStop = (reader: OpenedReader['reader'], release: () => Promise<void>): OpenedReader['reader'] => ({
  start: (signal) => reader.start(signal),
  waitForCard: (signal) => reader.waitForCard(signal),
  waitForRemoval: (signal) => reader.waitForRemoval(signal),
  async stop() {
    await reader.stop().finally(release);
  },
});

/** Throws input/invalid, config/invalid, storage/unwritable while another program has the virtual card; reader/unavailable comes from the reader's start. */
export const openCardReader = async (wishes: ReaderWishes): Promise<OpenedReader> => {
  const { name, settings, clock, log, tellUnused } = wishes;
  if (name === 'pcsc')
    return {
      reader: openPcscReader(wishes),
      codeReader: noEye,
      trust: readTrustDirectory(wishes.trust ?? settings.trustAnchors, tellUnused),
    };
  if (name === 'pn532') {
    const irq = await openReaderIrq(settings);
    const reader = openPn532Reader({
      wires: readerWires(settings),
      clock,
      log,
      address: settings.i2cAddress,
      gapMs: settings.busFreeMs,
      fastPath: settings.fastPath,
      ...(irq === undefined ? {} : { irq }),
    });
    return {
      reader: releasedAtStop(reader, async () => irq?.close()),
      codeReader: noEye,
      trust: readTrustDirectory(wishes.trust ?? settings.trustAnchors, tellUnused),
    };
  }
  if (!hasCard(name)) {
    const what = existsSync(name) ? `${name} holds no card.json` : `there is no directory ${name}`;
    return refuseWords('reader', `--reader: ${what}; allowed: pn532, pcsc, or the directory of a virtual card`);
  }
  const { card, document, defect, release } = await holdCard(name, clock.now());
  try {
    const chip = new TwinPn532({ clock, timing: wishes.instant === true ? 'off' : 'real' });
    layCard(chip, card, defect, clock);
    const trust = readTrustDirectory(wishes.trust ?? (document.kind === 'my-number' ? trustOf(name) : undefined), tellUnused);
    const reader = openPn532Reader({ wires: chip, clock, log, ...(wishes.instant === true ? { gapMs: 0 } : {}) });
    return { reader: releasedAtStop(reader, release), codeReader: new TwinCardFaceReader(() => card), trust };
  } catch (cause) {
    await release();
    throw cause;
  }
};
