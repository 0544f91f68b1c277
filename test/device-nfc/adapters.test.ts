import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { gpioNumber } from '../../src/device/gpio/gpio-number.ts';
import { type OnoffLine, openGpioInput, openGpioOutput } from '../../src/device/gpio/onoff-gpio.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { NativeI2cBus } from '../../src/device/nfc/native-i2c-bus.ts';
import { openPn532Reader } from '../../src/device/nfc/open-reader.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';
import { EchoChip, never } from './rig.ts';

/** A sysfs tree as kernels from 6.6 show it: the header's chip begins at 512. */
const sysfs = async (root: string): Promise<string> => {
  const chips: readonly [name: string, label: string, base: number, lines: number][] = [
    ['gpiochip512', 'pinctrl-bcm2711', 512, 58],
    ['gpiochip570', 'raspberrypi-exp-gpio', 570, 8],
  ];
  for (const [name, label, base, lines] of chips) {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, 'label'), `${label}\n`);
    await writeFile(join(root, name, 'base'), `${base}\n`);
    await writeFile(join(root, name, 'ngpio'), `${lines}\n`);
  }
  await writeFile(join(root, 'export'), '');
  return root;
};

test('a GPIO line is found by its chip label', async (t) => {
  const root = await sysfs(t.testdir());
  t.equal(await gpioNumber({ chip: 'pinctrl-bcm2711', line: 25 }, root), 537);
  t.equal(await gpioNumber({ chip: 'raspberrypi-exp-gpio', line: 0 }, root), 570);
  await t.rejects(gpioNumber({ chip: 'pinctrl-rp1', line: 1 }, root), {
    code: 'config/invalid',
    message: 'no GPIO chip is labelled "pinctrl-rp1"; this machine has: pinctrl-bcm2711, raspberrypi-exp-gpio',
  });
  await t.rejects(gpioNumber({ chip: 'pinctrl-bcm2711', line: 58 }, root), { code: 'config/invalid', facts: { field: 'line', lines: 58 } });
  await t.rejects(gpioNumber({ chip: 'pinctrl-bcm2711', line: 1 }, join(root, 'nowhere')), { code: 'config/invalid' });
});

test('onoff lines read, write and tell their edges', async (t) => {
  const root = await sysfs(t.testdir());
  const opened: [number, string][] = [];
  const calls: string[] = [];
  let edge: (error: Error | null, level: 0 | 1) => void = () => undefined;
  const open = async (number: number, direction: string): Promise<OnoffLine> => {
    opened.push([number, direction]);
    return {
      readSync: () => 1,
      writeSync: (level) => void calls.push(`write ${level}`),
      watch: (callback) => {
        edge = callback;
      },
      unexport: () => void calls.push('unexport'),
    };
  };
  const input = await openGpioInput({ chip: 'pinctrl-bcm2711', line: 25 }, { open, root });
  const heard: number[] = [];
  const stop = input.onEdge((level) => heard.push(level));
  edge(null, 0);
  edge(new Error('poll'), 1);
  stop();
  edge(null, 1);
  t.same(heard, [0]);
  t.equal(input.read(), 1);
  const output = await openGpioOutput({ chip: 'pinctrl-bcm2711', line: 5 }, 1, { open, root });
  output.write(0);
  output.close();
  t.same(opened, [
    [537, 'in'],
    [517, 'high'],
  ]);
  t.same(calls, ['write 0', 'unexport']);
  const busy = async () => {
    throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
  };
  await t.rejects(openGpioInput({ chip: 'pinctrl-bcm2711', line: 25 }, { open: busy, root }), {
    code: 'config/invalid',
    facts: { number: 537 },
  });
});

test('a line in memory tells changes only', async (t) => {
  const line = new TwinGpioLine();
  const heard: number[] = [];
  const stop = line.onEdge((level) => heard.push(level));
  for (const level of [1, 0, 0, 1] as const) line.write(level);
  stop();
  line.write(0);
  t.same(heard, [0, 1]);
  t.equal(line.read(), 0);
});

test('the native bus passes bytes and system errors through, and opens again after close', async (t) => {
  let opens = 0;
  const written: string[] = [];
  const bus = new NativeI2cBus(1, async (number) => {
    opens += 1;
    t.equal(number, 1);
    return {
      i2cWrite: async (address, length, buffer) => {
        written.push(`${address.toString(16)} ${length} ${buffer.toString('hex')}`);
        return { bytesWritten: length, buffer };
      },
      i2cRead: async (address, length, buffer) => {
        if (address !== 0x24) throw Object.assign(new Error('ENXIO'), { code: 'ENXIO' });
        return { bytesRead: length, buffer: buffer.fill(7) };
      },
      close: async () => undefined,
    };
  });
  await bus.write(0x24, fromHex('0000ff00ff00'));
  t.same(written, ['24 6 0000ff00ff00']);
  t.equal(hex(await bus.read(0x24, 3)), '070707');
  await t.rejects(bus.read(0x25, 1), { code: 'ENXIO' });
  t.equal(opens, 1);
  await bus.close();
  await bus.read(0x24, 1);
  t.equal(opens, 2);
});

test('a bus that is not there is reader/unavailable with what to do, up to the reader', async (t) => {
  const absent = () => new NativeI2cBus(63, () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' })));
  const says = { code: 'reader/unavailable', message: /dev\/i2c-63 cannot be opened: enable/ };
  await t.rejects(absent().read(0x24, 1), says);
  const reader = openPn532Reader({ wires: absent(), clock: systemClock, log: silentLog, gapMs: 0, initTries: 1 });
  await t.rejects(reader.start(), says);
  await absent().close();
  await t.rejects(new NativeI2cBus(63).read(0x24, 1), { code: 'reader/unavailable' }, 'with the real package, or without it');
});

test('with real times on air and bus, a card is found, read and missed as on a board', async (t) => {
  const irq = new TwinGpioLine();
  const chip = new TwinPn532({ irq });
  const reader = openPn532Reader({ wires: chip, irq, clock: systemClock, log: silentLog });
  await reader.start();
  const found = reader.waitForCard(never());
  chip.insert(new EchoChip());
  const card = await found;
  const removal = reader.waitForRemoval(never());
  t.equal(hex(await card.transceive(fromHex('00a4040c'))), '00a4040c9000');
  chip.remove();
  await removal;
  await reader.stop();
});
