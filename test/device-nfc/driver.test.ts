import { test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLog, silentLog } from '../../src/core/log.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { chipError, chipFailure } from '../../src/device/nfc/chip-error.ts';
import {
  communicationTest,
  getFirmwareVersion,
  inDataExchange,
  POLLS,
  rfRetries,
  samConfiguration,
} from '../../src/device/nfc/commands.ts';
import { Pn532Driver } from '../../src/device/nfc/driver.ts';
import { exchangeApdu } from '../../src/device/nfc/exchange.ts';
import { CHIP_TO_HOST, dataFrame, HOST_TO_CHIP } from '../../src/device/nfc/frame.ts';
import { Pn532I2cTransport } from '../../src/device/nfc/i2c-transport.ts';
import type { I2cBus } from '../../src/device/nfc/ports.ts';
import { throughTimeoutMs } from '../../src/device/nfc/through-timeout.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';
import { blockPairMs, busMs } from '../../src/device/nfc/twin/timing.ts';
import { BusRecorder, EchoChip, never, rig } from './rig.ts';

const ADDRESS = 0x24;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A driver over a chip that is up with an echoing card activated. */
const active = async (options: { irq?: boolean; answerTimeoutMs?: number } = {}) => {
  const parts = rig(options);
  const card = new EchoChip();
  parts.chip.insert(card);
  await parts.driver.initialise();
  await parts.driver.execute(POLLS.b);
  parts.bus.log.length = 0;
  return { ...parts, card };
};
/** A reader that has found an echoing card. */
const withEcho = async () => {
  const parts = rig();
  parts.chip.insert(new EchoChip());
  await parts.reader.start();
  return { ...parts, detected: await parts.reader.waitForCard(never()) };
};
const apdu = fromHex('00200080 04 31323334');
const writes = (log: { way: 'w' | 'r'; bytes: Uint8Array }[]) => log.filter(({ way }) => way === 'w').map(({ bytes }) => hex(bytes));

test('the simulated chip speaks I²C as the manual says', async (t) => {
  const irq = new TwinGpioLine();
  const chip = new TwinPn532({ timing: 'off', irq });
  const send = async (frame: string) => {
    await chip.write(ADDRESS, fromHex(frame));
    await turn();
  };
  t.equal(hex(await chip.read(ADDRESS, 8)), '0000000000000000', 'nothing to say: not ready');

  await send('0000ff05fbd44a010300de00');
  t.equal(hex(await chip.read(ADDRESS, 7)), '010000ff00ff00');
  t.equal(hex(await chip.read(ADDRESS, 9)), '010000ff01ff7f8100', 'LowVbat: only SAMConfiguration is understood');
  t.equal(irq.read(), 1, 'the IRQ line is not in use yet');

  await send('0000ff05fbd4140100011600');
  t.equal(hex(await chip.read(ADDRESS, 7)), '010000ff00ff00');
  t.equal(irq.read(), 0, 'an answer waits');
  t.equal(hex(await chip.read(ADDRESS, 1)), '01', 'the ready byte alone takes nothing away');
  t.equal(hex(await chip.read(ADDRESS, 6)), '010000ff02fe', 'a short read');
  t.equal(hex(await chip.read(ADDRESS, 10)), '010000ff02fed5151600', 'the next one begins the frame again');
  t.equal(irq.read(), 1);
  t.equal(hex(await chip.read(ADDRESS, 2)), '0000');

  await send('0000ff02fed4022a00');
  t.equal(hex(await chip.read(ADDRESS, 7)), '010000ff00ff00');
  t.equal(hex(await chip.read(ADDRESS, 16)), '010000ff06fad50332010607e8000000', 'reading past the frame does no harm');
  await send('0000ffff0000');
  t.equal(hex(await chip.read(ADDRESS, 14)), '010000ff06fad50332010607e800', 'NACK: the answer once more');

  await send('0000ff02fed4042a00');
  t.equal(hex(await chip.read(ADDRESS, 7)), '00000000000000', 'a damaged command is not acknowledged');
  await t.rejects(chip.read(0x25, 1), { code: 'ENXIO' }, 'nobody at another address');
});

test('start-up sends the configuration byte for byte', async (t) => {
  const { driver, bus } = rig();
  t.same(await driver.initialise(), { chip: 0x32, version: 1, revision: 6, support: 7 });
  t.same(writes(bus.log), [
    '0000ff00ff00',
    '0000ff05fbd4140100011600',
    '0000ff02fed4022a00',
    '0000ff03fdd412140600',
    '0000ff06fad43205ff0101f400',
    '0000ff06fad43202000b0ae300',
    '0000ff03fdd452' + '00da00',
    '0000ff04fcd4320100f900',
    '0000ff04fcd4320101f800',
  ]);
  await driver.communicationTest();
});

test('a chip that is no PN532 is refused', async (t) => {
  const bus: I2cBus = {
    write: async () => undefined,
    read: async (_address, length) => {
      const frame = length <= 7 ? fromHex('010000ff00ff00') : fromHex('010000ff06fad50333010607e700');
      return Uint8Array.from({ length }, (_, i) => frame[i] ?? 0);
    },
    close: async () => undefined,
  };
  const transport = new Pn532I2cTransport({ bus, clock: systemClock, gapMs: 0, wakeMs: 0 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog });
  await t.rejects(driver.firmware(), { code: 'reader/unavailable', facts: { chip: 0x33 } });
});

test('answers are read in the length that is expected, and once more in their exact length where that was too short', async (t) => {
  for (const irq of [false, true]) {
    const { driver, bus, card } = await active({ irq });
    card.answer = async () => new Uint8Array(258).fill(0x5a);
    const command = inDataExchange(fromHex('00b0000000'), false, 258);
    t.equal((await driver.execute(command)).length, 259);
    const reads = bus.log.filter(({ way, bytes }) => way === 'r' && (bytes[0] ?? 0) === 1).map(({ bytes }) => bytes.length);
    t.same(reads, irq ? [7, 272] : [7, 1, 272], 'acknowledgement, then one read of ready byte and extended frame');

    bus.log.length = 0;
    t.equal((await driver.execute(inDataExchange(fromHex('00b0000000'), false, 2))).length, 259);
    const guessed = bus.log.filter(({ way, bytes }) => way === 'r' && (bytes[0] ?? 0) === 1).map(({ bytes }) => bytes.length);
    t.same(guessed, [7, 13, 272], 'a guess that was too short costs one exact read');
  }
});

test('a damaged answer is asked for again, and the card hears the command once', async (t) => {
  for (const irq of [false, true]) {
    const { driver, chip, bus, card } = await active({ irq });
    chip.damageNext('answer');
    t.equal(hex(await driver.execute(inDataExchange(apdu, false, 11))), `00${hex(apdu)}9000`);
    t.same(writes(bus.log).slice(1), ['0000ffff0000']);
    t.equal(card.heard.length, 1);
  }
});

test('a damaged answer whose payload looks like frames is asked for again, not believed', async (t) => {
  const inner = {
    plain: '5a',
    acknowledgement: '0000ff00ff00',
    error: '0000ff01ff7f8100',
    answer: hex(dataFrame(CHIP_TO_HOST, fromHex('01c0ffee'))),
  };
  for (const [name, payload] of Object.entries(inner)) {
    for (const irq of [false, true]) {
      const { driver, chip, bus } = await active({ irq });
      chip.damageNext('answer');
      t.equal(hex(await driver.execute(communicationTest(fromHex(`${payload}11`)))), `00${payload}11`, name);
      t.same(writes(bus.log).slice(1), ['0000ffff0000'], name);
    }
  }
});

test('an answer whose ready byte lost its bit on the bus is asked for again, and the card hears the command once', async (t) => {
  for (const irq of [false, true]) {
    for (const likely of [11, 60]) {
      const { driver, chip, bus, card } = await active({ irq, answerTimeoutMs: 60 });
      const read = chip.read.bind(chip);
      let lost = 0;
      chip.read = async (address, length) => {
        const bytes = await read(address, length);
        // The first read that carries the answer.
        if (lost === 0 && hex(bytes.subarray(6)).startsWith('d541')) {
          bytes[0] = 0;
          lost += 1;
        }
        return bytes;
      };
      t.equal(hex(await driver.execute(inDataExchange(apdu, false, likely))), `00${hex(apdu)}9000`, `irq ${irq}, ${likely} bytes`);
      t.equal(lost, 1);
      t.same(writes(bus.log).slice(1), ['0000ffff0000']);
      t.equal(card.heard.length, 1);
    }
  }
});

test('a damaged acknowledgement is no reason to send a card command twice', async (t) => {
  const { driver, chip, card } = await active();
  chip.damageNext('ack');
  t.equal(hex(await driver.execute(inDataExchange(apdu, false, 11))), `00${hex(apdu)}9000`);
  t.equal(card.heard.length, 1);
});

test('a command that never arrived is sent again', async (t) => {
  const { driver, chip, card, bus } = await active();
  chip.damageNext('command');
  t.equal(hex(await driver.execute(inDataExchange(apdu, false, 11))), `00${hex(apdu)}9000`);
  t.equal(card.heard.length, 1);
  t.equal(writes(bus.log).length, 2);
  chip.failNext(1);
  t.equal(hex(await driver.execute(inDataExchange(apdu, false, 11))), `00${hex(apdu)}9000`);
  t.equal(card.heard.length, 2);
});

test('a write that broke off after it had arrived is not repeated', async (t) => {
  const chip = new TwinPn532({ timing: 'off' });
  let breaks = false;
  const bus: I2cBus = {
    write: async (address, bytes) => {
      await chip.write(address, bytes);
      if (!breaks) return;
      breaks = false;
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    },
    read: (address, length) => chip.read(address, length),
    close: () => chip.close(),
  };
  const transport = new Pn532I2cTransport({ bus, clock: systemClock, gapMs: 0, wakeMs: 0, pollMs: 0 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog, fieldMs: 0 });
  const card = new EchoChip();
  chip.insert(card);
  await driver.initialise();
  await driver.execute(POLLS.b);
  breaks = true;
  t.equal(hex(await driver.execute(inDataExchange(apdu, false, 11))), `00${hex(apdu)}9000`);
  t.equal(card.heard.length, 1);
});

test('single failed reads are survived, and the card hears the command once', async (t) => {
  for (const irq of [false, true]) {
    for (const failing of [1, 2, 3, 4]) {
      const { driver, chip, bus, card } = await active({ irq });
      const read = bus.read.bind(bus);
      let reads = 0;
      bus.read = (address, length) => {
        reads += 1;
        if (reads === failing) chip.failNext(1, 'EREMOTEIO');
        return read(address, length);
      };
      t.equal(hex(await driver.execute(inDataExchange(apdu, false, 60))), `00${hex(apdu)}9000`, `read ${failing}`);
      t.equal(card.heard.length, 1);
    }
  }
});

test('when neither write nor acknowledgement is sure, a card command is given up instead of repeated', async (t) => {
  const { driver, chip, card } = await active();
  const asked = driver.execute(inDataExchange(apdu, false, 11));
  chip.failNext(2);
  await t.rejects(asked, { code: 'reader/unavailable', facts: { errno: 'EIO' } });
  t.equal(card.heard.length, 0);
  const harmless = driver.execute(getFirmwareVersion());
  chip.failNext(2);
  t.equal(hex(await harmless), '32010607', 'a harmless one is repeated');
});

test('a dead bus is reader/unavailable, and works again once plugged', async (t) => {
  for (const irq of [false, true]) {
    const { driver, chip } = await active({ irq });
    chip.unplug();
    await t.rejects(driver.execute(getFirmwareVersion()), { code: 'reader/unavailable', facts: { errno: 'ENXIO' } });
    chip.plug();
    t.equal((await driver.initialise()).chip, 0x32);
  }
});

test('a chip that says the same whatever it is asked is reader/protocol, soon', async (t) => {
  const stuck: I2cBus = {
    write: async () => undefined,
    read: async (_address, length) => {
      const frame = fromHex(length <= 7 ? '010000ff00ff00' : '010000ff06fad50332010607e800');
      return Uint8Array.from({ length }, (_, i) => frame[i] ?? 0);
    },
    close: async () => undefined,
  };
  const transport = new Pn532I2cTransport({ bus: stuck, clock: systemClock, gapMs: 0, wakeMs: 0 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog });
  await t.rejects(driver.execute(communicationTest(fromHex('00'))), { code: 'reader/protocol', facts: { strays: 8 } });
});

test('a chip that acknowledges nothing is reader/unavailable', async (t) => {
  const silent: I2cBus = {
    write: async () => undefined,
    read: async (_address, length) => new Uint8Array(length),
    close: async () => undefined,
  };
  const transport = new Pn532I2cTransport({ bus: silent, clock: systemClock, gapMs: 0, wakeMs: 0, pollMs: 1 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog, ackTimeoutMs: 3 });
  await t.rejects(driver.execute(getFirmwareVersion()), { code: 'reader/unavailable', facts: { silent: true } });
});

test('an abort stops the chip by a host acknowledgement and leaves it usable', async (t) => {
  for (const irq of [false, true]) {
    const { driver, chip, bus } = await active({ irq });
    chip.remove();
    await driver.execute(rfRetries(0xff));
    bus.log.length = 0;
    const stop = new AbortController();
    const asked = driver.execute(POLLS.a, stop.signal);
    await turn();
    stop.abort(new Error('visit over'));
    await t.rejects(asked, new Error('visit over'));
    t.same(writes(bus.log).slice(1), ['0000ff00ff00']);
    t.equal(hex(await driver.execute(getFirmwareVersion())), '32010607');
    await t.rejects(
      driver.execute(getFirmwareVersion(), stop.signal),
      new Error('visit over'),
      'nothing is sent for a signal that is over',
    );
  }
});

test('an answer that does not come in time is reader/protocol', async (t) => {
  const { driver, card } = await active({ answerTimeoutMs: 20 });
  card.answer = () => new Promise(() => undefined);
  await t.rejects(driver.execute(inDataExchange(apdu, false, 2)), { code: 'reader/protocol', facts: { answerTimeout: true } });
  t.equal(hex(await driver.execute(getFirmwareVersion())), '32010607', 'the next command is understood');
});

test('no copy of what passed through is left behind', async (t) => {
  const written: Uint8Array[] = [];
  const read: Uint8Array[] = [];
  const { detected, bus } = await withEcho();
  const { write, read: receive } = { write: bus.write.bind(bus), read: bus.read.bind(bus) };
  bus.write = (address, bytes) => {
    written.push(bytes);
    return write(address, bytes);
  };
  bus.read = async (address, length) => {
    const bytes = await receive(address, length);
    read.push(bytes);
    return bytes;
  };
  t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`);
  t.notOk(
    [...written, ...read].some((bytes) => hex(bytes).includes('31323334')),
    'the PIN is nowhere in the buffers of the bus',
  );
});

test('commands given at once run one after the other', async (t) => {
  const { driver } = await active();
  const answers = await Promise.all([
    driver.execute(inDataExchange(apdu, false, 11)),
    driver.execute(getFirmwareVersion()),
    driver.execute(samConfiguration()),
  ]);
  t.same(answers.map(hex), [`00${hex(apdu)}9000`, '32010607', '']);
});

test('what the chip does not understand is reader/protocol with its code', async (t) => {
  const { driver } = await active();
  const unknown = { code: 0x99, data: new Uint8Array(0), likelyAnswer: 0, repeatable: true };
  await t.rejects(driver.execute(unknown), { code: 'reader/protocol', facts: { chipError: 0x7f } });
  t.equal(dataFrame(HOST_TO_CHIP, Uint8Array.of(0x99)).length, 9);
});

/** UM0701-02, 7.1: every code of the table. */
const ERROR_TABLE: readonly [status: number, name: string, code: string][] = [
  [0x01, 'timeout', 'card/removed'],
  [0x02, 'crc', 'reader/protocol'],
  [0x03, 'parity', 'reader/protocol'],
  [0x04, 'bit-count', 'reader/protocol'],
  [0x05, 'framing', 'reader/protocol'],
  [0x06, 'bit-collision', 'reader/protocol'],
  [0x07, 'buffer-too-small', 'reader/protocol'],
  [0x09, 'rf-overflow', 'reader/protocol'],
  [0x0a, 'field-not-on', 'reader/protocol'],
  [0x0b, 'rf-protocol', 'reader/protocol'],
  [0x0d, 'overheated', 'reader/unavailable'],
  [0x0e, 'internal-overflow', 'reader/protocol'],
  [0x10, 'bad-parameter', 'reader/protocol'],
  [0x12, 'unsupported-command', 'reader/protocol'],
  [0x13, 'data-format', 'reader/protocol'],
  [0x14, 'authentication', 'reader/protocol'],
  [0x23, 'uid-check', 'reader/protocol'],
  [0x25, 'device-state', 'reader/protocol'],
  [0x26, 'not-allowed', 'reader/protocol'],
  [0x27, 'wrong-context', 'reader/protocol'],
  [0x29, 'released', 'card/removed'],
  [0x2a, 'card-changed', 'card/removed'],
  [0x2b, 'card-gone', 'card/removed'],
  [0x2c, 'id-mismatch', 'card/removed'],
  [0x2d, 'over-current', 'reader/unavailable'],
  [0x2e, 'nad-missing', 'reader/protocol'],
  [0x3e, 'unknown', 'reader/protocol'],
];

test('every error code of the chip becomes a failure that carries it, whatever the upper bits say', async (t) => {
  for (const [status, name, code] of ERROR_TABLE) {
    t.match(chipFailure(chipError(0xc0 | status)), { code, facts: { chipError: status, chipErrorName: name } }, name);
  }
  t.match(chipFailure(0x7f), { code: 'reader/protocol', facts: { chipErrorName: 'syntax' } });
});

test('the bus is left free between transactions as long as was set, even by fractions of a millisecond', async (t) => {
  for (const gapMs of [0.4, 1.3, 5]) {
    const edges: number[] = [];
    const free: I2cBus = {
      write: async () => void edges.push(performance.now()),
      read: async (_address, length) => {
        edges.push(performance.now());
        return Uint8Array.from({ length }, (_, i) => fromHex('010000ff00ff00')[i] ?? 0);
      },
      close: async () => undefined,
    };
    const transport = new Pn532I2cTransport({ bus: free, clock: systemClock, gapMs });
    for (let i = 0; i < 3; i += 1) {
      await transport.send(fromHex('0000ff02fed4022a00'));
      t.equal((await transport.receive({ timeoutMs: 50, likelyLength: 6 })).kind, 'ack');
    }
    const gaps = edges.slice(1).map((edge, i) => edge - (edges[i] ?? 0));
    t.ok(
      gaps.every((gap) => gap >= gapMs),
      `${gapMs} ms: ${gaps.map((gap) => gap.toFixed(2)).join(' ')}`,
    );
  }
});

/** A driver in virtual time on a board that needs the bus free for so long. */
const onBoard = (needsFreeMs: number, setting: number | 'auto' = 'auto') => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const chip = new TwinPn532({ clock, stepMs: 0, needsFreeMs });
  const transport = new Pn532I2cTransport({ bus: chip, clock, gapMs: setting });
  const driver = new Pn532Driver({ transport, clock, log: createLog('debug', { write: (line) => lines.push(line) }) });
  return { clock, chip, transport, driver, lines };
};

test('the pause on the bus is the shortest that the board keeps up with', async (t) => {
  for (const [needsFreeMs, ms] of [
    [0, 1.3],
    [1.3, 1.3],
    [1.4, 2],
    [2.5, 3],
    [3.5, 5],
    [5, 5],
  ] as const) {
    const { clock, driver, transport } = onBoard(needsFreeMs);
    t.equal(transport.gap.ms, 5, 'the safe one before anything is known');
    await clock.run(driver.initialise());
    t.equal(transport.gap.ms, ms, `a board that needs ${needsFreeMs} ms`);
    await clock.run(driver.communicationTest());
  }
  const fixed = onBoard(0, 4);
  await fixed.clock.run(fixed.driver.initialise());
  t.equal(fixed.transport.gap.ms, 4, 'a number in the settings is kept');
  fixed.chip.failNext(2);
  await fixed.clock.run(fixed.driver.communicationTest());
  t.equal(fixed.transport.gap.ms, 4, 'whatever happens');
});

test('a fault on the wires makes the pause longer, and what failed is not tried again', async (t) => {
  const { clock, chip, driver, transport, lines } = onBoard(0);
  await clock.run(driver.initialise());
  for (const ms of [2, 3, 5, 5]) {
    chip.damageNext('answer');
    await clock.run(driver.communicationTest());
    t.equal(transport.gap.ms, ms);
  }
  t.match(
    lines.filter((line) => line.includes('nfc.bus-pause')).map((line) => JSON.parse(line).ms),
    [1.3, 2, 3, 5],
  );
  await clock.run(driver.initialise());
  t.equal(transport.gap.ms, 2, 'the chip was started again: the shortest one that has not failed');
});

test('a transaction that failed once makes the pause one step longer, and that is told once', async (t) => {
  // With a line the answer comes in two reads: its acknowledgement's and its own.
  for (const withLine of [true, false])
    for (const failing of ['write', 'read 1', 'read 2'] as const) {
      const irq = new TwinGpioLine();
      const chip = new TwinPn532({ timing: 'off', ...(withLine ? { irq } : {}) });
      const lines: string[] = [];
      let left = Number.POSITIVE_INFINITY;
      const due = (way: 'write' | 'read') => failing.startsWith(way) && --left === 0 && chip.failNext(1);
      const bus: I2cBus = {
        write: (address, bytes) => (due('write'), chip.write(address, bytes)),
        read: (address, length) => (due('read'), chip.read(address, length)),
        close: () => chip.close(),
      };
      const transport = new Pn532I2cTransport({ bus, clock: systemClock, gapMs: 'auto', ...(withLine ? { irq } : {}) });
      const log = createLog('info', { write: (line) => lines.push(line) });
      const driver = new Pn532Driver({ transport, clock: systemClock, log });
      await driver.initialise();
      t.equal(transport.gap.ms, 1.3);
      left = Number(failing.split(' ')[1] ?? 1);
      await driver.communicationTest();
      t.ok(left <= 0, 'it did fail');
      t.equal(transport.gap.ms, 2, `${failing}, ${withLine ? 'with' : 'without'} a line`);
      t.match(
        lines.map((line) => JSON.parse(line)),
        [{ event: 'nfc.bus-pause', ms: 2, longer: true }],
      );
    }
});

test('a pulled cable disproves one pause, not all of them; a stop ends the trial', async (t) => {
  const { clock, chip, driver, transport } = onBoard(0);
  await clock.run(driver.initialise());
  chip.unplug();
  for (let i = 0; i < 3; i += 1) await t.rejects(clock.run(driver.communicationTest()), { code: 'reader/unavailable' });
  t.equal(transport.gap.ms, 5);
  chip.plug();
  await clock.run(driver.initialise());
  t.equal(transport.gap.ms, 2);

  const other = onBoard(4);
  const stop = new AbortController();
  other.clock.setTimeout(() => stop.abort(new Error('stop')), 150);
  await t.rejects(other.clock.run(other.driver.initialise(stop.signal)), /stop/);
});

test('the timing model agrees with the published figures', async (t) => {
  // 258 bytes in frames of 64: four full blocks with R(ACK) between, and a last one of 18 bytes; PCB, CID and CRC are four more.
  const firmware = blockPairMs(9, 64, 106) + 3 * blockPairMs(4, 64, 106) + blockPairMs(4, 22, 106);
  t.ok(Math.abs(firmware - 36.0) < 0.4, `a READ of 256 bytes by the firmware: ${firmware}`);
  const published = [
    [106, 26.6],
    [212, 13.9],
    [424, 7.5],
  ] as const;
  for (const [rate, ms] of published) {
    const fast = blockPairMs(8, 261, rate);
    t.ok(Math.abs(fast - ms) / ms < 0.02, `the same in one frame at ${rate} kbps: ${fast}`);
  }
  t.ok(Math.abs(busMs(265, 100_000) - 24) < 0.1, '265 bytes at 100 kHz');
  t.ok(Math.abs(busMs(265, 400_000) - 6) < 0.1, '265 bytes at 400 kHz');
  t.equal(throughTimeoutMs(0x0a), 51.2);
});

test('while the IRQ line works, nothing is read in the middle of an answer’s making; a line that breaks costs one late look', async (t) => {
  const clock = new VirtualClock();
  const irq = new TwinGpioLine(1);
  let wired = true;
  const line = { write: (level: 0 | 1) => wired && irq.write(level) };
  const chip = new TwinPn532({ clock, stepMs: 0, irq: line, think: { commandMs: 150, signMs: 150 } });
  const bus = new BusRecorder(chip);
  const transport = new Pn532I2cTransport({ bus, clock, irq });
  const driver = new Pn532Driver({ transport, clock, log: silentLog });
  chip.insert(new EchoChip());
  await clock.run(driver.initialise());
  await clock.run(driver.execute(POLLS.b));
  const exchange = async () => {
    bus.log.length = 0;
    const began = clock.monotonicMs();
    await clock.run(driver.execute(inDataExchange(apdu, false, 256)));
    return { reads: bus.log.filter(({ way }) => way === 'r').length, ms: clock.monotonicMs() - began };
  };
  const whole = await exchange();
  t.equal(whole.reads, 2, 'acknowledgement and answer');
  wired = false;
  irq.write(1);
  const late = await exchange();
  t.ok(late.reads > whole.reads && late.ms > whole.ms);
  const careful = await exchange();
  t.ok(careful.reads > whole.reads && careful.ms < late.ms, 'from then on the ready byte is looked at sooner');
  wired = true;
  await exchange();
  t.equal((await exchange()).reads, 2, 'and not any more once the line works again');
});

test('an answer in pieces without end is given up once it is longer than any answer, or grows by nothing', async (t) => {
  for (const [bytes, most] of [
    [0, 1],
    [1, 65_539],
    [262, 251],
  ] as const) {
    let asked = 0;
    const endless = {
      execute: async () => {
        asked++;
        return Uint8Array.of(0x40, ...new Uint8Array(bytes));
      },
    } as unknown as Pn532Driver;
    await t.rejects(exchangeApdu(endless, fromHex('00b0000000')), { code: 'reader/protocol', facts: { chipErrorName: 'rf-protocol' } });
    t.equal(asked, most, `${bytes} bytes a piece`);
  }
});
