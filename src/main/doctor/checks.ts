// The doctor's whole round, in the order in which a technician would look.

import type { KioskConfig } from '../../config/schema.ts';
import type { I2cBus, SerialPort } from '../../device/nfc/ports.ts';
import { readerWires } from '../../device/nfc/reader-wires.ts';
import type { OpenPlayer } from '../../device/sound/alsa-sound.ts';
import type { Check } from './check.ts';
import { panel, speaker } from './outputs.ts';
import { camera, fonts, lines, models, type OpenIrq, reader, touch } from './parts.ts';
import { broker, certificates } from './site.ts';
import { clock, diskSpace, diskWear, network, power, temperature } from './system.ts';
import { update } from './update.ts';

export interface Surroundings {
  /** Where /proc, /sys, /dev and /run are found. */
  readonly root: string;
  readonly openBus: () => I2cBus | SerialPort;
  /** Default: the line that the settings name. */
  readonly openIrq?: OpenIrq;
  /** Default: aplay on the device that the settings name. */
  readonly openPlayer?: OpenPlayer;
  readonly now: () => number;
}

export const surroundingsOf = (config: KioskConfig): Surroundings => ({
  root: '/',
  openBus: () => readerWires(config.reader),
  now: () => Date.now(),
});

export const allChecks = (config: KioskConfig, { root, openBus, openIrq, openPlayer, now }: Surroundings): readonly Check[] => [
  power(root),
  temperature(root),
  clock(root, now),
  diskSpace(config.kiosk.dataDirectory),
  diskWear(root),
  reader(config.reader, openBus, openIrq),
  panel(config.panel, root),
  touch(root),
  speaker(config.sound, openPlayer),
  lines(config.gpio, root === '/' ? undefined : `${root}/sys/class/gpio`),
  camera(root),
  models(config.face.modelDirectory),
  fonts(),
  network(root),
  broker(config.uplink),
  certificates(config.uplink, now),
  update(root),
];

/** The doctor's questions that a running kiosk can be asked: what it has opened itself is not opened again. `box`: real hardware. */
export const checksInside = (config: KioskConfig, own: readonly Check[], box: boolean, root = '/'): readonly Check[] => [
  ...(box ? [power(root), temperature(root)] : []),
  clock(root, () => Date.now(), box),
  diskSpace(config.kiosk.dataDirectory),
  ...(box ? [diskWear(root)] : []),
  ...own,
  ...(box ? [panel(config.panel, root), speaker(config.sound), lines(config.gpio), camera(root)] : []),
  models(config.face.modelDirectory),
  network(root),
  ...(box ? [broker(config.uplink)] : []),
  certificates(config.uplink, () => Date.now()),
  ...(box ? [update(root)] : []),
];
