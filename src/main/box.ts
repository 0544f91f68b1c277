// The program on the box: real bus, lines, panel, cameras and broker. A camera that is not configured says so when it is asked: patients are
// served by PIN and staff look then.

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KioskConfig } from '../config/schema.ts';
import { systemClock } from '../core/clock.ts';
import { makeDirectories } from '../core/directories.ts';
import { createLog, type Log } from '../core/log.ts';
import { openGpioInput, openGpioOutput } from '../device/gpio/onoff-gpio.ts';
import type { GpioInput, GpioOutput } from '../device/gpio/ports.ts';
import { openPn532Reader } from '../device/nfc/open-reader.ts';
import { readerWires } from '../device/nfc/reader-wires.ts';
import { AlsaSound } from '../device/sound/alsa-sound.ts';
import { SilentSound } from '../device/sound/silent-sound.ts';
import { openNodeHidSource } from '../device/touch/node-hid-source.ts';
import { openFramebuffer } from '../display/framebuffer-surface.ts';
import type { Surface } from '../display/ports.ts';
import { rotated } from '../display/rotated-surface.ts';
import { openCamera } from '../faceauth/camera/open-camera.ts';
import { createPictureReader } from '../faceauth/card-face/picture-reader.ts';
import { PixelCardFaceReader } from '../faceauth/card-face/pixel-card-face-reader.ts';
import { type Kiosk, startKiosk } from './kiosk.ts';
import { readTrustDirectory } from './trust-directory.ts';
import { SELF_TEST_FILE, type SelfTestTold } from './update/ask-kiosk.ts';
import { uplinkAccess } from './uplink-of.ts';

const absentInput: GpioInput = { read: () => 0, onEdge: () => () => undefined };
const absentOutput: GpioOutput = { write: () => undefined };

/** systemd starts the program again after this one (RestartForceExitStatus in kazashi.service). */
const RESTART_STATUS = 75;

/** kazashi-power-off.path waits for this file: the kiosk itself may not switch the box off. */
const askForPowerOff = (directory: string | undefined, log: Log): void => {
  if (directory === undefined) return;
  try {
    writeFileSync(join(directory, 'power-off'), '');
  } catch (error) {
    log.error('power-off.not-asked', { reason: String((error as NodeJS.ErrnoException).code) });
  }
};

/** For an update, which asks the kiosk instead of taking its reader (update/ask-kiosk.ts). */
const leaveSelfTest = (directory: string | undefined, told: SelfTestTold, log: Log): void => {
  if (directory === undefined) return;
  const file = join(directory, SELF_TEST_FILE);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(told));
    renameSync(`${file}.new`, file);
  } catch (error) {
    log.error('self-test.not-left', { reason: String((error as NodeJS.ErrnoException).code) });
  }
};

/** Starts the kiosk on real hardware; `painted` = the panel that shows the splash already. Throws config/invalid, display/unavailable, touch/unavailable with what to do. */
export const startBox = async (
  config: KioskConfig,
  version: string,
  painted?: Surface,
): Promise<Pick<Kiosk, 'ailing' | 'examine' | 'stop'> & { switchOff(): void }> => {
  const clock = systemClock;
  const log = createLog(config.kiosk.logLevel);
  const { gpio, reader, panel, sound } = config;
  makeDirectories(config.kiosk.dataDirectory);
  const output = (line: number | undefined) => (line === undefined ? absentOutput : openGpioOutput({ chip: gpio.chip, line }, 0));
  const input = (chip: string, line: number | undefined) => (line === undefined ? absentInput : openGpioInput({ chip, line }));
  const [red, green, blue] = await Promise.all([output(gpio.lampRedLine), output(gpio.lampGreenLine), output(gpio.lampBlueLine)]);
  const irq = reader.irqChip === undefined ? {} : { irq: await input(reader.irqChip, reader.irqLine) };
  const camera = openCamera(config.camera, { clock, log: log.child('camera'), field: 'camera' });
  const trayCamera = openCamera(config.trayCamera, { clock, log: log.child('tray-camera'), field: 'trayCamera' });
  const pictures = createPictureReader();
  const surface = rotated(painted ?? openFramebuffer({ name: panel.framebuffer }), panel.rotation);
  const hid = await openNodeHidSource({ clock, onFailure: ({ code }) => log.warn('input.failed', { code }) });

  const kiosk = await startKiosk({
    config,
    hardware: {
      reader: openPn532Reader({
        wires: readerWires(reader),
        clock,
        log: log.child('nfc'),
        address: reader.i2cAddress,
        gapMs: reader.busFreeMs,
        fastPath: reader.fastPath,
        ...irq,
      }),
      codeReader: new PixelCardFaceReader({ camera: trayCamera, pictures, clock, log: log.child('card-face') }),
      camera,
      surface,
      input: hid,
      sound:
        sound.output === 'none'
          ? new SilentSound()
          : new AlsaSound({ ...sound, clock, onProblem: (event, fact) => log.warn(event, { fact }) }),
      lamp: { red, green, blue },
      powerButton: await input(gpio.chip, gpio.powerButtonLine),
    },
    dataDirectory: config.kiosk.dataDirectory,
    trust: readTrustDirectory(reader.trustAnchors, (file, why) => log.warn('trust.list-not-used', { file, why })),
    uplink: { ...(await uplinkAccess(config)), version },
    clock,
    log,
    box: true,
    onPowerOff: () => {
      askForPowerOff(process.env['RUNTIME_DIRECTORY'], log);
      process.kill(process.pid, 'SIGTERM');
    },
    onExamined: ({ at, findings }) => {
      const failing = findings.filter(({ level }) => level === 'fail').map(({ id }) => id);
      leaveSelfTest(process.env['RUNTIME_DIRECTORY'], { at, failing }, log);
    },
    onRestart: () => void box.stop().finally(() => process.exit(RESTART_STATUS)),
  });
  const box = {
    ailing: () => kiosk.ailing(),
    examine: () => kiosk.examine(),
    /** As a long press of the kiosk's own button does. */
    switchOff: () => kiosk.visit.send({ type: 'POWER.LONG' }),
    async stop() {
      await kiosk.stop();
      await Promise.all([camera.close(), trayCamera.close(), pictures.close()]);
      surface.close();
    },
  };
  return box;
};
