// The parts the program is made of: reader, panel, keypad, camera, sound, lines, models, fonts. Each is opened as the kiosk opens it, asked, and closed.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDirectory, readManifest, readPack } from '../../../scripts/install-models.js';
import type { KioskConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { silentLog } from '../../core/log.ts';
import { gpioNumber } from '../../device/gpio/gpio-number.ts';
import type { Closable } from '../../device/gpio/onoff-gpio.ts';
import type { GpioInput } from '../../device/gpio/ports.ts';
import { openPn532Reader } from '../../device/nfc/open-reader.ts';
import type { I2cBus, SerialPort } from '../../device/nfc/ports.ts';
import { parseHidDescriptor } from '../../device/touch/hid-descriptor.ts';
import { isKeyboard } from '../../device/touch/keyboard.ts';
import { findPointer } from '../../device/touch/pointer-layout.ts';
import { openRasteriser } from '../../display/raster.ts';
import { openReaderIrq } from '../reader-irq.ts';
import { type Check, fail, ok, warn } from './check.ts';

export type OpenIrq = () => Promise<(GpioInput & Closable) | undefined>;

const told = (cause: unknown): string => (cause instanceof Error ? cause.message : 'unknown');

/** Starts the chip, sends a pattern through it, asks its version; and whether the IRQ line, where one is set, moved meanwhile. */
export const reader = (
  config: KioskConfig['reader'],
  openBus: () => I2cBus | SerialPort,
  openIrq: OpenIrq = () => openReaderIrq(config),
  clock: Clock = systemClock,
): Check => ({
  id: 'reader',
  title: { ja: 'カードリーダー', en: 'Card reader' },
  async run(signal) {
    const { serialPort: line, i2cBus: bus } = config;
    const wires = line === undefined ? { bus } : { line };
    let irq: Awaited<ReturnType<OpenIrq>>;
    try {
      irq = await openIrq();
    } catch (cause) {
      return fail(
        { ...wires, error: told(cause) },
        'カードリーダーのIRQの線を開けません。設定の reader.irqChip と reader.irqLine を確かめてください。',
        'The IRQ line of the reader cannot be opened. Check reader.irqChip and reader.irqLine in the settings.',
      );
    }
    let falls = 0;
    const unwatch = irq?.onEdge((level) => {
      if (level === 0) falls += 1;
    });
    const nfc = openPn532Reader({
      wires: openBus(),
      clock,
      log: silentLog,
      address: config.i2cAddress,
      gapMs: config.busFreeMs,
      ...(irq === undefined ? {} : { irq }),
    });
    try {
      await nfc.start(signal);
      const { chip, version, revision } = await nfc.selfTest(signal);
      const found = { chip: `PN5${chip.toString(16)}`, firmware: `${version}.${revision}`, ...wires };
      if (irq === undefined) return ok(found);
      if (falls > 0) return ok({ ...found, irq: 'moves' });
      return warn(
        { ...found, irq: irq.read() === 0 ? 'always low' : 'never moves' },
        `カードリーダーは応答しますが、IRQの線が動きません。線と設定の reader.irqChip、reader.irqLine を確かめてください。読み取りが遅くなります。`,
        'The reader answers, but its IRQ line does not move. Check the wire, reader.irqChip and reader.irqLine: cards are read more slowly.',
      );
    } catch (cause) {
      return fail(
        { ...wires, error: told(cause) },
        `カードリーダーが応答しません。${line ?? `I²Cバス${bus}`}の配線と電源を確かめてください。`,
        `The reader does not answer. Check its wiring and power on ${line ?? `I²C bus ${bus}`}.`,
      );
    } finally {
      await nfc.stop().catch(() => undefined);
      unwatch?.();
      irq?.close();
    }
  },
});

/** The same of a reader that is in use already: nothing is opened twice. */
export const ownReader = (reader: { selfTest(signal?: AbortSignal): Promise<unknown> }): Check => ({
  id: 'reader',
  title: { ja: 'カードリーダー', en: 'Card reader' },
  async run(signal) {
    try {
      await reader.selfTest(signal);
      return ok({ reader: 'answers' });
    } catch (cause) {
      return fail(
        { error: told(cause) },
        'カードリーダーが応答しません。配線と電源を確かめてください。',
        'The reader does not answer. Check its wiring and power.',
      );
    }
  },
});

/** Devices as the running kiosk knows them. */
export const ownInput = (count: () => { readonly panels: number; readonly keypads: number }): Check => ({
  id: 'touch',
  title: { ja: 'タッチパネルとテンキー', en: 'Touch panel and keypad' },
  async run() {
    const { panels, keypads } = count();
    const facts = { panels, keypads };
    return panels > 0
      ? ok(facts)
      : warn(facts, 'タッチパネルが見つかりません。USBケーブルを確かめてください。', 'No touch panel was found. Check its USB cable.');
  },
});

/** Devices as hidraw shows them, without opening any: the kiosk may be using them. */
export const touch = (root: string): Check => ({
  id: 'touch',
  title: { ja: 'タッチパネルとテンキー', en: 'Touch panel and keypad' },
  async run() {
    const directory = join(root, 'sys/class/hidraw');
    const names = existsSync(directory) ? readdirSync(directory) : [];
    const descriptors = names.map((name) => parseHidDescriptor(readFileSync(join(directory, name, 'device/report_descriptor'))));
    const facts = {
      panels: descriptors.filter((one) => findPointer(one) !== undefined).length,
      keypads: descriptors.filter(isKeyboard).length,
    };
    if (facts.panels > 0) return ok(facts);
    if (facts.keypads > 0)
      return warn(facts, 'タッチパネルが見つかりません。USBケーブルを確かめてください。', 'No touch panel was found. Check its USB cable.');
    return fail(
      facts,
      'タッチパネルもテンキーも見つかりません。USBケーブルを確かめてください。',
      'Neither a touch panel nor a keypad was found. Check the USB cables.',
    );
  },
});

export const camera = (root: string): Check => ({
  id: 'camera',
  title: { ja: 'カメラ', en: 'Camera' },
  async run() {
    const names = existsSync(join(root, 'dev')) ? readdirSync(join(root, 'dev')).filter((name) => /^video\d+$/.test(name)) : [];
    if (names.length > 0) return ok({ devices: names.length });
    return warn(
      { devices: 0 },
      'カメラが見つかりません。暗証番号と目視で受付できます。ケーブルを確かめてください。',
      'No camera was found: patients are served by PIN and staff. Check its cable.',
    );
  },
});

export const lines = (config: KioskConfig['gpio'], sysfs?: string): Check => ({
  id: 'gpio',
  title: { ja: 'ボタンとランプ', en: 'Button and lamp' },
  async run() {
    const wanted = [config.powerButtonLine, config.lampRedLine, config.lampGreenLine, config.lampBlueLine].filter(
      (line) => line !== undefined,
    );
    const [line] = wanted;
    if (line === undefined) return ok({ lines: 0 });
    try {
      await gpioNumber({ chip: config.chip, line }, sysfs);
      return ok({ lines: wanted.length, chip: config.chip });
    } catch (cause) {
      return fail(
        { chip: config.chip, error: told(cause) },
        '設定したGPIOチップがありません。設定ファイルの gpio.chip を確かめてください。',
        'The configured GPIO chip does not exist. Check gpio.chip in the settings.',
      );
    }
  },
});

export const models = (directory: string | undefined): Check => ({
  id: 'models',
  title: { ja: '顔認証モデル', en: 'Face models' },
  async run() {
    const manifest = readManifest();
    try {
      const files = await readPack(manifest, packDirectory(manifest, directory));
      return ok({ pack: manifest.name, files: Object.keys(files).length });
    } catch (cause) {
      return fail(
        { pack: manifest.name, error: told(cause) },
        '顔認証のモデルがありません。暗証番号と目視で受付できます。モデルを入れ直してください。',
        'The face models are missing: patients are served by PIN and staff. Install them again.',
      );
    }
  },
});

export const fonts = (): Check => ({
  id: 'fonts',
  title: { ja: '文字', en: 'Fonts' },
  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'kazashi-doctor-'));
    try {
      await openRasteriser(directory);
      return ok({ fonts: 'drawn and measured' });
    } catch (cause) {
      return fail(
        { error: told(cause) },
        '画面の文字を描けません。プログラムを入れ直してください。',
        'Text cannot be drawn. Install the program again.',
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
});
