// The simulated box: every byte-level port of the kiosk, and the handles by which the twin moves them.

import { createHash } from 'node:crypto';
import { TwinCardFaceReader } from '../card/twin/face-reader.ts';
import type { VirtualCard } from '../card/twin/virtual-card.ts';
import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { TwinGpioLine } from '../device/gpio/twin/gpio-line.ts';
import { openPn532Reader } from '../device/nfc/open-reader.ts';
import { TwinPn532 } from '../device/nfc/twin/pn532.ts';
import { TwinSound } from '../device/sound/twin-sound.ts';
import { TwinHidSource } from '../device/touch/twin-hid.ts';
import { TwinKeypad } from '../device/touch/twin-keypad.ts';
import { TwinTouchPanel } from '../device/touch/twin-touch-panel.ts';
import { MemorySurface } from '../display/memory-surface.ts';
import { TwinCamera } from '../faceauth/camera/twin-camera.ts';
import { createPictureReader } from '../faceauth/card-face/picture-reader.ts';
import { PixelCardFaceReader } from '../faceauth/card-face/pixel-card-face-reader.ts';
import { TwinTrayCamera } from '../faceauth/card-face/twin/tray-camera.ts';
import type { KioskHardware } from './kiosk.ts';

/** A computer with a screen has more to spare than the box: the page shows more than 20 a second. */
const LIVE_PICTURES = 25;

export interface TwinHardware extends KioskHardware {
  readonly chip: TwinPn532;
  readonly camera: TwinCamera;
  readonly surface: MemorySurface;
  readonly input: TwinHidSource;
  readonly sound: TwinSound;
  readonly powerButton: TwinGpioLine;
  readonly touchPanel: TwinTouchPanel;
  readonly keypad: TwinKeypad;
  /** What lies on the tray, for whoever reads its printed face. */
  readonly tray: { card: VirtualCard | undefined };
  /** Power gone: the panel is black. */
  blank(): void;
}

/** The real reader before a simulated camera. Half a second slower than knowing what is printed, so it is asked for in the configuration. */
const pixelReader = (tray: TwinHardware['tray'], clock: Clock, log: Log): PixelCardFaceReader => {
  const printed = () => {
    const face = tray.card?.printed();
    if (face === undefined) return undefined;
    const serial = createHash('sha256').update(face.name).digest('hex').slice(0, 16).toUpperCase();
    const { name, address, birth, expires, securityCode } = face;
    return { name, address, birth, expires, securityCode, serial };
  };
  return new PixelCardFaceReader({
    camera: new TwinTrayCamera(clock, printed),
    pictures: createPictureReader(),
    clock,
    log: log.child('card-face'),
    timeoutMs: 15_000,
  });
};

/** `radio` off: chip, bus and cards answer at once, where visits are counted and not timed. */
export const createTwinHardware = (
  { reader, panel, trayCamera }: KioskConfig,
  clock: Clock,
  log: Log,
  radio: 'real' | 'off' = 'real',
): TwinHardware => {
  const irq = new TwinGpioLine(1);
  const chip = new TwinPn532({ clock, irq, address: reader.i2cAddress, timing: radio });
  const tray: TwinHardware['tray'] = { card: undefined };
  const surface = new MemorySurface(panel.width, panel.height);
  const input = new TwinHidSource();
  const touchPanel = new TwinTouchPanel({ width: panel.width, height: panel.height });
  const keypad = new TwinKeypad();
  input.plug(touchPanel);
  input.plug(keypad);
  return {
    chip,
    tray,
    surface,
    input,
    touchPanel,
    keypad,
    reader: openPn532Reader({
      wires: chip,
      irq,
      clock,
      log: log.child('nfc'),
      address: reader.i2cAddress,
      gapMs: reader.busFreeMs,
      fastPath: reader.fastPath,
    }),
    codeReader: trayCamera.source === 'drawn' ? pixelReader(tray, clock, log) : new TwinCardFaceReader(() => tray.card),
    camera: new TwinCamera(clock),
    sound: new TwinSound(),
    lamp: { red: new TwinGpioLine(0), green: new TwinGpioLine(0), blue: new TwinGpioLine(0) },
    powerButton: new TwinGpioLine(0),
    livePictures: LIVE_PICTURES,
    blank() {
      const { height, strideBytes } = surface.geometry;
      surface.writeRows(0, height, new Uint8Array(height * strideBytes));
    },
  };
};
