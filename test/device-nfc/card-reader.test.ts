import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import type { CardTechnology, DetectedCard } from '../../src/card/ports.ts';
import { slowChip } from '../../src/card/twin/defects.ts';
import { equal, fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { isFailure } from '../../src/core/failure.ts';
import { createLog } from '../../src/core/log.ts';
import { likelyAnswerLength } from '../../src/device/nfc/exchange.ts';
import { NativeI2cBus } from '../../src/device/nfc/native-i2c-bus.ts';
import { openPn532Reader } from '../../src/device/nfc/open-reader.ts';
import type { I2cBus } from '../../src/device/nfc/ports.ts';
import { readTarget } from '../../src/device/nfc/target.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';
import { EchoChip, never, type RigOptions, rig } from './rig.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const apdu = fromHex('00b0000000');
/** R(NAK) as the chip's own session needs it (CID 1), and as ours does. */
const R_NAK = { off: ['d442ba01'], auto: ['d442b2', 'd442b3'] } as const;
const PATHS = ['auto', 'off'] as const;

/** A started reader that has found an echoing card. */
const withCard = async (options: RigOptions = {}) => {
  const parts = rig(options);
  const card = new EchoChip();
  await parts.reader.start();
  parts.chip.insert(card);
  const detected = await parts.reader.waitForCard(never());
  parts.bus.log.length = 0;
  return { ...parts, card, detected };
};
const asked = (bus: { log: { way: string; bytes: Uint8Array }[] }, parts: readonly string[]) =>
  bus.log.filter(({ way, bytes }) => way === 'w' && parts.some((part) => hex(bytes).includes(part))).length;

test('cards are told apart by their technology, whenever they are laid down', async (t) => {
  const { chip, reader } = rig({ irq: true });
  await reader.start();
  const technologies: readonly CardTechnology[] = ['iso14443-4b', 'felica', 'iso14443-a', 'iso14443-3b', 'iso14443-4b'];
  for (const technology of technologies) {
    const found = reader.waitForCard(never());
    await later(5);
    const card = new EchoChip(technology);
    chip.insert(card);
    const detected = await found;
    t.equal(detected.technology, technology);
    t.ok(card.powered);
    if (technology !== 'iso14443-4b') {
      await t.rejects(detected.transceive(apdu), { code: 'reader/protocol', facts: { isoDep: false } });
      t.same(card.heard, []);
    }
    let gone = false;
    const removal = reader.waitForRemoval(never()).then(() => {
      gone = true;
    });
    await later(30);
    t.notOk(gone, 'a card that lies still stays');
    chip.remove();
    await removal;
    t.notOk(card.powered);
  }
});

test('two cards in the field are told as several, neither is spoken to, and the one that is left is found', async (t) => {
  for (const irq of [false, true]) {
    for (const second of ['iso14443-4b', 'iso14443-3b'] as const) {
      const { chip, reader, bus } = rig({ irq });
      await reader.start();
      const [mine, other] = [new EchoChip(), new EchoChip(second)];
      chip.insert(mine);
      chip.add(other);
      const detected = await reader.waitForCard(never());
      t.match(detected, { several: true });
      await t.rejects(detected.transceive(apdu), { code: 'reader/protocol' });
      t.same([...mine.heard, ...other.heard], []);
      let changed = false;
      const removal = reader.waitForRemoval(never()).then(() => {
        changed = true;
      });
      const looks = bus.log.length;
      for (let waits = 0; bus.log.length < looks + 60 && waits < 400; waits += 1) await later(5);
      t.notOk(changed, 'as long as both lie there');
      chip.insert(mine);
      await removal;
      const alone = await reader.waitForCard(never());
      t.equal(alone.several, undefined);
      t.equal(hex(await alone.transceive(apdu)), `${hex(apdu)}9000`);
    }
  }
});

test('a second card laid down during a session hears none of it, ends nothing, and is told at the next activation', async (t) => {
  for (const fastPath of PATHS) {
    for (const alone of [false, true]) {
      const { detected, card, chip, reader, bus } = await withCard({ irq: true, fastPath });
      const second = new EchoChip();
      chip.add(second);
      let gone = false;
      const removal = reader.waitForRemoval(never()).then(() => {
        gone = true;
      });
      for (let waits = 0; asked(bus, R_NAK[fastPath]) < 2 && waits < 400; waits += 1) await later(5);
      t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`, 'the session goes on');
      t.same([card.heard.length, second.heard.length, gone], [1, 0, false]);

      if (alone) {
        chip.insert(second);
        await removal;
        await t.rejects(detected.transceive(apdu), { code: 'card/removed' }, 'the second card is not the one that was found');
        t.same(second.heard, []);
      }
      const next = await reader.waitForCard(never());
      t.equal(next.several, alone ? undefined : true);
      if (alone) t.equal(hex(await next.transceive(apdu)), `${hex(apdu)}9000`);
      await reader.stop();
      await removal.catch(() => undefined);
    }
  }
});

test('a My Number Card with a card of another technology is one card', async (t) => {
  const { chip, reader } = rig();
  await reader.start();
  const [transit, mine] = [new EchoChip('felica'), new EchoChip()];
  chip.insert(transit);
  chip.add(mine);
  const detected = await reader.waitForCard(never());
  t.match(detected, { technology: 'iso14443-4b', several: undefined });
  t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`);
});

test('a card slower than its frame waiting time asks for more time: the host grants it on the fast path, the chip on the safe one', async (t) => {
  for (const [fastPath, granted, onTheBus] of [
    ['auto', 'f201', 'd442f201'],
    ['off', 'fa0101', undefined],
  ] as const) {
    const { reader, chip, bus } = rig({ irq: true, fastPath, answerTimeoutMs: 5000 });
    const onTheAir: string[] = [];
    const exchange = chip.field.exchange.bind(chip.field);
    chip.field.exchange = (bytes, ...more) => {
      onTheAir.push(hex(bytes));
      return exchange(bytes, ...more);
    };
    await reader.start();
    const card = new EchoChip();
    chip.insert(slowChip(card, systemClock));
    const detected = await reader.waitForCard(never());
    t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`, 'the answer comes whole');
    t.equal(card.heard.length, 1, 'the command went once');
    t.equal(onTheAir.filter((frame) => frame === granted).length, 1, 'S(WTX), answered once in 320 ms');
    t.equal(
      bus.log.some(({ way, bytes }) => way === 'w' && hex(bytes).includes(onTheBus ?? 'd442fa')),
      onTheBus !== undefined,
      'by whom',
    );
  }
});

test('a card that keeps a command longer than any does is given up, however it fills the time, and can be asked again', async (t) => {
  for (const fastPath of PATHS) {
    const { detected, card } = await withCard({ fastPath, apduMs: 30 });
    let slow = true;
    card.answer = async (command) => {
      if (slow) await later(150);
      return Uint8Array.from([...command, 0x90, 0x00]);
    };
    await t.rejects(detected.transceive(apdu), { code: 'reader/protocol', facts: { chipErrorName: 'timeout' } }, fastPath);
    slow = false;
    await later(150);
    t.equal(hex(await detected.transceive(fromHex('00b0000001'))), '00b00000019000', 'not the answer to the command before');
  }
});

test('a card that was on the tray before the start is found', async (t) => {
  const { chip, reader } = rig();
  chip.insert(new EchoChip());
  await reader.start();
  t.equal((await reader.waitForCard(never())).technology, 'iso14443-4b');
  t.equal((await reader.waitForCard(never())).technology, 'iso14443-4b', 'and found again, though it was active');
});

test('APDUs and answers of every length pass whole', async (t) => {
  for (const [irq, fastPath] of [
    [false, 'off'],
    [true, 'off'],
    [false, 'auto'],
    [true, 'auto'],
  ] as const) {
    const { detected, card } = await withCard({ irq, fastPath });
    for (const sent of [4, 5, 60, 261, 262, 263, 524, 525, 1000]) {
      for (const got of [2, 258, 261, 262, 263, 524, 525, 3000]) {
        const command = Uint8Array.from({ length: sent }, (_, i) => i * 7);
        const answer = Uint8Array.from({ length: got }, (_, i) => i * 13);
        card.answer = async () => answer;
        const received = await detected.transceive(command);
        if (!equal(received, answer) || !equal(card.heard.at(-1) ?? apdu, command)) t.fail(`${sent} bytes sent, ${got} expected`);
      }
    }
    t.equal(card.heard.length, 72);
  }
});

test('the answer length is told from the APDU', async (t) => {
  const cases: readonly [apdu: string, likely: number][] = [
    ['00200080', 2],
    ['00b0000000', 258],
    ['00b0000010', 18],
    ['00a4020c02000a', 2],
    ['802a970003aabbcc00', 258],
    ['0084000008', 10],
    ['00b00000000000', 65538],
    ['00b00000000200', 514],
    ['80a206c1000003aabbcc', 2],
    ['80a206c1000003aabbcc0100', 258],
  ];
  for (const [command, likely] of cases) t.equal(likelyAnswerLength(fromHex(command)), likely, command);
});

test('target data is read, and refused when cut short', async (t) => {
  const atqb = '50 11223344 000041e0 b381a1';
  const targets: readonly [poll: 'a' | 'b' | 'f212', data: string, technology: CardTechnology, isoDep: boolean][] = [
    ['b', `0101${atqb}00`, 'iso14443-3b', false],
    ['b', '0101 50 11223344 000041e0 008071 0101', 'iso14443-3b', false],
    ['a', '0101 0004 08 04 11223344', 'iso14443-a', false],
    ['a', '0101 0004 20 04 11223344', 'iso14443-a', true],
    ['f212', '0101 1201 0102030405060708 0102030405060708', 'felica', false],
  ];
  for (const [poll, data, technology, isoDep] of targets) t.same(readTarget(poll, fromHex(data)), { technology, isoDep, poll }, data);
  t.same(readTarget('b', fromHex(`0101${atqb}0101`)), {
    technology: 'iso14443-4b',
    isoDep: true,
    poll: 'b',
    protocolInfo: fromHex('b381a1'),
  });
  t.equal(readTarget('b', fromHex('00')), undefined);
  for (const [poll, data] of [
    ['b', '010150'],
    ['b', ''],
    ['a', '010100'],
    ['f212', '01011201'],
  ] as const) {
    t.throws(() => readTarget(poll, fromHex(data)), { code: 'reader/protocol' }, data);
  }
});

const watchIsSoft = async (t: Test, fastPath: 'auto' | 'off') => {
  const { detected, card, reader, bus } = await withCard({ irq: true, fastPath });
  const nak = R_NAK[fastPath];
  const stop = new AbortController();
  const powerCycles = card.powerCycles;
  const removal = reader.waitForRemoval(stop.signal);
  for (let waits = 0; asked(bus, nak) < 2 && waits < 400; waits += 1) await later(5);
  t.ok(asked(bus, nak) >= 2, 'a silent card is asked by R(NAK)');
  t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`, 'its session goes on');

  card.answer = async () => {
    await later(60);
    return fromHex('9000');
  };
  const before = asked(bus, nak);
  t.equal(hex(await detected.transceive(apdu)), '9000');
  t.ok(asked(bus, nak) <= before + 1, 'nothing is asked while a card works (one question may have been on its way)');
  t.equal(card.heard.length, 2);
  t.equal(card.powerCycles, powerCycles, 'the field was never switched');
  stop.abort(new Error('visit over'));
  await t.rejects(removal, new Error('visit over'));
};

test('the watch asks softly and never disturbs a running APDU', async (t) => {
  for (const path of PATHS) await watchIsSoft(t, path);
});

test('a card taken while idle is noticed, and its session is over', async (t) => {
  const { detected, chip, reader } = await withCard();
  const removals = [reader.waitForRemoval(never()), reader.waitForRemoval(never())];
  chip.remove();
  await Promise.all(removals);
  await t.rejects(detected.transceive(apdu), { code: 'card/removed' });
  chip.insert(new EchoChip());
  await t.rejects(detected.transceive(apdu), { code: 'card/removed' }, 'another card is not the one that was found');
  const next = await reader.waitForCard(never());
  t.equal(hex(await next.transceive(apdu)), `${hex(apdu)}9000`);
});

test('a card taken in the middle of an APDU fails it as card/removed', async (t) => {
  for (const fastPath of PATHS) {
    for (const irq of [false, true]) {
      const { detected, chip, reader } = await withCard({ irq, fastPath });
      const removal = reader.waitForRemoval(never());
      chip.dropDuringNextApdu();
      await t.rejects(detected.transceive(apdu), { code: 'card/removed', facts: { chipError: 0x01 } });
      await removal;
    }
    const { detected, chip } = await withCard({ fastPath });
    chip.remove();
    await t.rejects(detected.transceive(apdu), { code: 'card/removed', facts: { chipError: fastPath === 'off' ? 0x2b : 0x01 } });
  }
});

test('a card that is there but does not answer is reader/protocol, and counts as removed only when taken', async (t) => {
  for (const [trouble, fastPath] of [
    ['dead', 'off'],
    ['moved', 'off'],
    ['dead', 'auto'],
    ['moved', 'auto'],
  ] as const) {
    const { detected, card, chip, reader } = await withCard({ fastPath });
    if (trouble === 'dead') card.answer = () => Promise.reject(new Error('dead'));
    else {
      chip.remove();
      chip.insert(card);
    }
    await t.rejects(detected.transceive(apdu), { code: 'reader/protocol', facts: { chipError: 0x01 } }, trouble);
    let gone = false;
    const removal = reader.waitForRemoval(never()).then(() => {
      gone = true;
    });
    await later(40);
    t.notOk(gone);
    chip.remove();
    await removal;
  }
});

test('an unplugged reader is unavailable after finite tries, and works again once plugged', async (t) => {
  for (const irq of [false, true]) {
    const { reader, chip, detected } = await withCard({ irq });
    const removal = reader.waitForRemoval(never());
    chip.unplug();
    await t.rejects(removal, { code: 'reader/unavailable', facts: { errno: 'ENXIO' } });
    await t.rejects(detected.transceive(apdu), { code: 'reader/unavailable' });
    await t.rejects(reader.waitForCard(never()), { code: 'reader/unavailable' });
    await t.rejects(reader.start(), { code: 'reader/unavailable' });
    await t.rejects(reader.selfTest(), { code: 'reader/unavailable' });
    chip.plug();
    await reader.start();
    t.equal((await reader.selfTest()).chip, 0x32);
    await t.rejects(detected.transceive(apdu), { code: 'card/removed' });
    t.equal((await reader.waitForCard(never())).technology, 'iso14443-4b', 'the card still lies there');
  }
});

test('a bus that stumbles costs the session, not the reader', async (t) => {
  const { reader, chip, detected, card } = await withCard({ fastPath: 'off' });
  const exchange = detected.transceive(apdu);
  chip.failNext(3);
  await t.rejects(exchange, { code: 'reader/protocol', facts: { restarted: true, errno: 'EIO' } });
  t.equal(card.heard.length, 0);
  const again = await reader.waitForCard(never());
  t.equal(hex(await again.transceive(apdu)), `${hex(apdu)}9000`);

  const waiting = reader.waitForRemoval(never());
  chip.failNext(7);
  await later(20);
  chip.remove();
  await waiting;
});

test('stopping ends every wait, and the reader can be started again', async (t) => {
  const { reader, chip, card } = await withCard();
  const removal = reader.waitForRemoval(never());
  await Promise.all([t.rejects(removal, { code: 'reader/unavailable' }), reader.stop()]);
  t.notOk(card.powered, 'the field is off');
  await t.rejects(reader.waitForCard(never()), { code: 'reader/unavailable' });
  await reader.start();
  chip.remove();
  const waiting = reader.waitForCard(never());
  chip.insert(new EchoChip('felica'));
  t.equal((await waiting).technology, 'felica');
});

test('a wait ends with the reason of its signal', async (t) => {
  const { reader } = rig();
  await reader.start();
  const stop = new AbortController();
  const waiting = reader.waitForCard(stop.signal);
  await later(10);
  stop.abort(new Error('shutting down'));
  await t.rejects(waiting, new Error('shutting down'));
  await reader.waitForRemoval(never());
  t.pass('an empty field counts as removed');
  await t.rejects(reader.waitForRemoval(stop.signal), new Error('shutting down'));
});

test('an aborted APDU rejects with the reason and the card can be used on, once it has done with the aborted one', async (t) => {
  for (const fastPath of PATHS) {
    const { detected, card } = await withCard({ irq: true, fastPath });
    let finish: (answer: Uint8Array) => void = () => undefined;
    card.answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const stop = new AbortController();
    const exchange = detected.transceive(apdu, stop.signal);
    await later(15);
    stop.abort(new Error('cancelled'));
    await t.rejects(exchange, new Error('cancelled'));
    card.answer = async () => fromHex('9000');
    const next = detected.transceive(fromHex('00b0000010'));
    finish(fromHex('6283'));
    t.equal(hex(await next), '9000', 'the answer to its own question, not to the aborted one');
    t.same(card.heard.map(hex), [hex(apdu), '00b0000010']);
  }
});

type Event = 'answer' | 'ack' | 'command' | 'sent' | 'answered' | 'EIO' | 'drop' | 'move' | 'unplug' | 'none';

test('whatever happens to bus, chip and card, an APDU gives its true answer or a known failure, and the reader recovers', async (t) => {
  const events = fc.constantFrom<Event>('answer', 'ack', 'command', 'sent', 'answered', 'EIO', 'drop', 'move', 'unplug', 'none');
  const known = ['card/removed', 'reader/protocol', 'reader/unavailable'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.constantFrom(...PATHS),
      fc.array(events, { minLength: 1, maxLength: 6 }),
      async (irq, fastPath, script) => {
        const { chip, reader, card, ...rest } = await withCard({ irq, fastPath, answerTimeoutMs: 60 });
        let detected: DetectedCard | undefined = rest.detected;
        for (const [step, event] of script.entries()) {
          if (event === 'answer' || event === 'ack' || event === 'command') chip.damageNext(event);
          if (event === 'sent' || event === 'answered') chip.damageAir(event);
          if (event === 'drop') chip.dropDuringNextApdu();
          if (event === 'move') {
            chip.remove();
            chip.insert(card);
          }
          if (event === 'unplug') chip.unplug();
          const command = Uint8Array.of(0x00, 0xb0, 0x00, step, 0x00);
          detected ??= event === 'unplug' ? rest.detected : await reader.waitForCard(never());
          const exchange = detected.transceive(command);
          if (event === 'EIO') chip.failNext(1 + (step % 4));
          const outcome = await exchange.catch((error: unknown) => error);
          const heard = card.heard.filter((apdu) => equal(apdu, command)).length;
          if (heard > 1) return false;
          if (outcome instanceof Uint8Array) {
            if (hex(outcome) !== `${hex(command)}9000`) return false;
            continue;
          }
          if (!known.some((code) => isFailure(outcome, code))) throw outcome;
          detected = undefined;
          chip.plug();
          if (chip.card === undefined) chip.insert(card);
        }
        const last = await reader.waitForCard(never());
        const works = hex(await last.transceive(apdu)) === `${hex(apdu)}9000`;
        chip.remove();
        await reader.waitForRemoval(never());
        await reader.stop();
        return works;
      },
    ),
    { numRuns: 30 },
  );
  t.pass('30 random histories');
});

test('the search that the fault table gives finds what the table names, and never data', async (t) => {
  const page = readFileSync(new URL('../../docs/hardware.md', import.meta.url), 'utf8');
  const search = new RegExp(/grep -E '([^']+)'/.exec(page)?.[1] ?? 'no search in the page');
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => lines.push(line) });
  const found = (...words: string[]) => lines.filter((line) => search.test(line) && words.every((word) => line.includes(word))).length > 0;

  const dead = rig({ log });
  dead.chip.unplug();
  await t.rejects(dead.reader.start(), { code: 'reader/unavailable' });
  t.ok(found('reader/unavailable', '"errno":"ENXIO"'), 'no chip');
  const nothing: I2cBus = {
    write: async () => undefined,
    read: async (_address, length) => new Uint8Array(length),
    close: async () => undefined,
  };
  const twin = new TwinPn532({ timing: 'off' });
  const foreign: I2cBus = {
    ...nothing,
    write: (address, bytes) => twin.write(address, bytes),
    // Chip 33 instead of 32, the check byte right.
    read: async (address, length) => fromHex(hex(await twin.read(address, length)).replace('d50332010607e8', 'd50333010607e7')),
  };
  const missing = new NativeI2cBus(9, async () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' })));
  for (const [bus, word] of [
    [nothing, '"silent":true'],
    [missing, '"missing":"bus"'],
    [foreign, '"support"'],
  ] as const) {
    const reader = openPn532Reader({ wires: bus, clock: systemClock, log, initTries: 1, gapMs: 0 });
    await t.rejects(reader.start(AbortSignal.timeout(20_000)), { code: /^reader/ });
    t.ok(found('reader/', word), word);
  }

  lines.length = 0;
  const secret = fromHex('00200080 04 31393437');
  const { chip, detected, card } = await withCard({ log, fastPath: 'auto' });
  chip.damageAir('answered', 'answered', 'answered');
  await t.rejects(detected.transceive(secret), { code: 'reader/protocol' });
  t.ok(found('reader/protocol', '"chipErrorName":"crc"'), 'what went wrong on the air');
  card.answer = () => new Promise(() => undefined);
  chip.dropDuringNextApdu();
  await t.rejects(detected.transceive(secret), { code: 'card/removed' });
  t.ok(found('card/removed', '"chipErrorName":"timeout"'));
  t.notOk(lines.some((line) => /31393437|1947/.test(line)));
});
