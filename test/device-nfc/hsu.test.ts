import { stat } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { Pn532CardReader } from '../../src/device/nfc/card-reader.ts';
import { communicationTest, getFirmwareVersion, inDataExchange, POLLS, rfRetries } from '../../src/device/nfc/commands.ts';
import { Pn532Driver } from '../../src/device/nfc/driver.ts';
import { CHIP_TO_HOST, dataFrame } from '../../src/device/nfc/frame.ts';
import { Pn532HsuTransport } from '../../src/device/nfc/hsu-transport.ts';
import type { SerialPort } from '../../src/device/nfc/ports.ts';
import { TwinPn532Hsu, type TwinPn532HsuOptions } from '../../src/device/nfc/twin/pn532-hsu.ts';
import { EchoChip, never } from './rig.ts';

const apdu = fromHex('00b0000000');

/** The same driver and reader as on I²C, over a simulated serial line. */
const serialRig = (options: TwinPn532HsuOptions = {}) => {
  const chip = new TwinPn532Hsu({ timing: 'off', ...options });
  const written: string[] = [];
  const port: SerialPort = {
    write: (bytes) => {
      written.push(hex(bytes));
      return chip.write(bytes);
    },
    onData: (listener) => chip.onData(listener),
    close: () => chip.close(),
  };
  const transport = new Pn532HsuTransport({ port, clock: systemClock, idleMs: 5, wakeMs: 0 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog, fieldMs: 0, ackTimeoutMs: 20, answerTimeoutMs: 2000 });
  const reader = (fastPath: 'auto' | 'off') =>
    new Pn532CardReader({ driver, clock: systemClock, log: silentLog, pollMs: 1, presenceMs: 5, initTries: 2, initPauseMs: 1, fastPath });
  return { chip, written, driver, reader };
};

test('the same driver reads a card over a serial line, whatever pieces its bytes come in', async (t) => {
  for (const pieceBytes of [1, 7, 64, 4096]) {
    for (const fastPath of ['off', 'auto'] as const) {
      const { chip, reader: make } = serialRig({ pieceBytes });
      const reader = make(fastPath);
      await reader.start();
      const card = new EchoChip();
      chip.insert(card);
      const detected = await reader.waitForCard(never());
      const answer = Uint8Array.from({ length: 258 }, (_, i) => i * 3);
      card.answer = async () => answer;
      t.equal(hex(await detected.transceive(apdu)), hex(answer), `${pieceBytes} bytes a piece, fast path ${fastPath}`);
      t.equal((await reader.selfTest()).chip, 0x32);
      chip.remove();
      await reader.waitForRemoval(never());
      await reader.stop();
    }
  }
});

test('a process that was held up reads what came in time before it calls the chip silent', async (t) => {
  let say: (bytes: Uint8Array) => void = () => undefined;
  const port: SerialPort = {
    write: async () => undefined,
    onData: (listener) => {
      say = listener;
      return () => undefined;
    },
    close: async () => undefined,
  };
  const transport = new Pn532HsuTransport({ port, clock: systemClock, idleMs: 5, wakeMs: 0 });
  const answer = dataFrame(CHIP_TO_HOST, fromHex('0332010607'));
  // From here on the event loop comes to its timers first, and then to what was read.
  await setImmediate();
  const received = transport.receive({ timeoutMs: 20, likelyLength: 12 });
  // What the system has read at once is told only when the process comes to it: after its timers.
  stat('.', () => say(answer));
  const heldUpTo = performance.now() + 60;
  while (performance.now() < heldUpTo);
  t.match(await received, { kind: 'data' });
  t.match(await transport.receive({ timeoutMs: 1, likelyLength: 12 }), { kind: 'timeout' }, 'and silence is silence');
});

test('a sleeping chip is woken by the long preamble, and hears nothing before', async (t) => {
  const { driver, written } = serialRig();
  await t.rejects(driver.execute(getFirmwareVersion()), { code: 'reader/unavailable', facts: { silent: true } });
  written.length = 0;
  t.equal((await driver.initialise()).chip, 0x32);
  t.equal(written[0], `5555${'00'.repeat(14)}`);
  t.equal(written[1], '0000ff00ff00');
});

test('a damaged answer is asked for again by NACK, and the card hears the command once', async (t) => {
  const { chip, driver, written } = serialRig({ pieceBytes: 3 });
  const card = new EchoChip();
  chip.insert(card);
  await driver.initialise();
  await driver.execute(POLLS.b);
  for (const what of ['answer', 'ack', 'command'] as const) {
    written.length = 0;
    card.heard.length = 0;
    chip.damageNext(what);
    t.equal(hex(await driver.execute(inDataExchange(apdu, false, 7))), `00${hex(apdu)}9000`, what);
    t.equal(card.heard.length, 1, what);
    t.equal(written.includes('0000ffff0000'), what === 'answer', what);
  }
});

test('a damaged answer whose payload looks like frames is asked for again, whatever pieces it comes in', async (t) => {
  const inner = ['0000ff00ff00', '0000ff01ff7f8100', hex(dataFrame(CHIP_TO_HOST, fromHex('01c0ffee')))];
  for (const pieceBytes of [1, 7, 4096]) {
    const { chip, driver, written } = serialRig({ pieceBytes });
    await driver.initialise();
    for (const payload of [...inner, inner.join('')]) {
      written.length = 0;
      chip.damageNext('answer');
      t.equal(hex(await driver.execute(communicationTest(fromHex(`${payload}11`)))), `00${payload}11`);
      t.same(written.slice(1), ['0000ffff0000'], `${payload} in pieces of ${pieceBytes}`);
    }
  }
});

test('an acknowledgement with a wrong bit is no reason to send a card command twice', async (t) => {
  for (const bit of [0x01, 0x02, 0x10]) {
    const chip = new TwinPn532Hsu({ timing: 'off' });
    let hurt = false;
    const port: SerialPort = {
      write: (bytes) => chip.write(bytes),
      // The length byte of the acknowledgement.
      onData: (listener) =>
        chip.onData((bytes) => {
          listener(bytes.map((byte, at) => (hurt && at === 3 ? byte ^ bit : byte)));
          hurt = false;
        }),
      close: () => chip.close(),
    };
    const transport = new Pn532HsuTransport({ port, clock: systemClock, idleMs: 5, wakeMs: 0 });
    const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog, fieldMs: 0, ackTimeoutMs: 20, answerTimeoutMs: 200 });
    const card = new EchoChip();
    chip.insert(card);
    await driver.initialise();
    await driver.execute(POLLS.b);
    hurt = true;
    card.answer = async (heard) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return Uint8Array.from([...heard, 0x90, 0x00]);
    };
    t.equal(hex(await driver.execute(inDataExchange(apdu, false, 7))), `00${hex(apdu)}9000`);
    t.equal(card.heard.length, 1, `bit ${bit}`);
  }
});

test('an abort is an acknowledgement from the host, and the chip is usable after it', async (t) => {
  const { driver, written } = serialRig();
  await driver.initialise();
  await driver.execute(rfRetries(0xff));
  const stop = new AbortController();
  const asked = driver.execute(POLLS.b, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort(new Error('visit over'));
  await t.rejects(asked, new Error('visit over'));
  t.equal(written.at(-1), '0000ff00ff00');
  t.equal(hex(await driver.execute(getFirmwareVersion())), '32010607');
});

test('a line that is deaf until it was opened again is opened again by the reader’s start', async (t) => {
  const chip = new TwinPn532Hsu({ timing: 'off' });
  const openings: number[] = [];
  let open = false;
  const port: SerialPort = {
    write: async (bytes) => {
      if (!open) openings.push(0);
      open = true;
      openings.push((openings.pop() ?? 0) + 1);
      await chip.write(bytes);
    },
    onData: (listener) => chip.onData((bytes) => openings.length > 1 && listener(bytes)),
    close: async () => {
      open = false;
    },
  };
  const transport = new Pn532HsuTransport({ port, clock: systemClock, idleMs: 5, wakeMs: 0 });
  const driver = new Pn532Driver({ transport, clock: systemClock, log: silentLog, fieldMs: 0, ackTimeoutMs: 20 });
  const make = (initTries: number) =>
    new Pn532CardReader({ driver, clock: systemClock, log: silentLog, initTries, initPauseMs: 1, fastPath: 'off' });
  await make(3).start();
  t.equal(openings.length, 2, 'the second try has a line of its own');
  t.match(await make(3).selfTest(), { chip: 0x32 });
  t.equal(openings.length, 2, 'a line that answers is left alone');
  openings.length = 0;
  open = false;
  await t.rejects(make(1).start(), { code: 'reader/unavailable' });
  await make(1).start();
  t.equal(openings.length, 2, 'so has a start after one that failed');
});

test('an unplugged line is reader/unavailable, and works again once plugged', async (t) => {
  const { chip, reader: make } = serialRig();
  const reader = make('auto');
  await reader.start();
  chip.unplug();
  await t.rejects(reader.waitForCard(never()), { code: 'reader/unavailable' });
  chip.plug();
  await reader.start();
  t.equal((await reader.selfTest()).chip, 0x32);
  const broken: SerialPort = {
    write: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })),
    onData: () => () => undefined,
    close: async () => undefined,
  };
  const transport = new Pn532HsuTransport({ port: broken, clock: systemClock });
  const dead = new Pn532Driver({ transport, clock: systemClock, log: silentLog, ackTimeoutMs: 2 });
  await t.rejects(dead.initialise(), { code: 'reader/unavailable', facts: { errno: 'EIO' } });
});
