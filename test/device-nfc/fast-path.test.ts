import { test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { createLog } from '../../src/core/log.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import type { BitRate } from '../../src/device/nfc/bit-rate.ts';
import { openPn532Reader } from '../../src/device/nfc/open-reader.ts';
import { TwinPn532, type TwinPn532Options } from '../../src/device/nfc/twin/pn532.ts';
import { EchoChip, never, type RigOptions, rig } from './rig.ts';

const apdu = fromHex('00b0000000');
const writes = (log: readonly { way: 'w' | 'r'; bytes: Uint8Array }[]) =>
  log.filter(({ way }) => way === 'w').map(({ bytes }) => hex(bytes));
/** CIU_TxMode and CIU_RxMode for type B with check bytes, as WriteRegister sets them. */
const RATE_WRITE: Readonly<Record<BitRate, string>> = {
  106: 'd408630283630383',
  212: 'd408630293630393',
  424: 'd4086302a36303a3',
  847: 'd4086302b36303b3',
};

const found = async (options: RigOptions = {}) => {
  const parts = rig(options);
  await parts.reader.start();
  const card = new EchoChip();
  parts.chip.insert(card);
  const detected = await parts.reader.waitForCard(never());
  const sent = writes(parts.bus.log);
  const rates = ([106, 212, 424, 847] as const).filter((rate) => sent.some((frame) => frame.includes(RATE_WRITE[rate])));
  return { ...parts, card, detected, sent, rates };
};

test('the fast path goes byte for byte: DESELECT, WUPB, ATTRIB for frames of 256 bytes, both mode registers, a proof', async (t) => {
  const random = (length: number) => new Uint8Array(length).fill(0x11);
  const { sent, detected, bus, card } = await found({ chip: { random } });
  const expected = ['d442ca01', 'd442050008', 'd4421d1111111100a80100', RATE_WRITE[424], 'd442b2'];
  const at = expected.map((part) => sent.findIndex((frame) => frame.includes(part)));
  t.ok(
    at.every((index, i) => index > (at[i - 1] ?? 0)),
    `in this order: ${at.join(' ')}`,
  );
  t.equal(detected.answerBytes, 251, 'PCB, check bytes and status word leave so much of a frame');

  card.answer = async () => new Uint8Array(253).fill(0x5a);
  await detected.transceive(apdu);
  bus.log.length = 0;
  t.equal((await detected.transceive(fromHex('00b00000fb'))).length, 253);
  t.equal(writes(bus.log).length, 1, 'one command of the chip for a read');
  t.ok(writes(bus.log)[0]?.includes('d4420300b00000fb'), 'an I-block without CID');
});

test('the rate is the fastest that card and radio share, and without any the chip keeps the protocol itself', async (t) => {
  const cases: readonly [name: string, options: RigOptions, rates: readonly BitRate[], answerBytes: number | undefined][] = [
    ['424 both ways', {}, [424], 251],
    ['a card that offers 212', { chip: { protocolInfo: fromHex('9181a1') } }, [212], 251],
    ['a card that offers 106 only', { chip: { protocolInfo: fromHex('0081d1') } }, [], 251],
    ['an antenna good for 212', { chip: { maxRate: 212 } }, [106, 212, 424], 251],
    ['an antenna good for 106', { chip: { maxRate: 106 } }, [106, 212, 424], 251],
    ['switched off', { fastPath: 'off' }, [], undefined],
  ];
  for (const [name, options, rates, answerBytes] of cases) {
    for (const irq of [false, true]) {
      const got = await found({ ...options, irq });
      t.same(got.rates, rates, name);
      t.equal(got.detected.answerBytes, answerBytes, name);
      got.card.answer = async () => Uint8Array.from({ length: 600 }, (_, i) => i);
      t.equal((await got.detected.transceive(apdu)).length, 600, name);
    }
  }
});

test('a card that does not come along is left to the chip, and after three such the host does not try any more', async (t) => {
  const { chip, bus, reader } = rig({ irq: true });
  // The radio loses every frame that wakes the card: our own activation can never work.
  const deaf = bus.write.bind(bus);
  bus.write = async (address, bytes) => {
    if (hex(bytes).includes('d442050008')) chip.damageAir('sent');
    return deaf(address, bytes);
  };
  await reader.start();
  const tries: number[] = [];
  for (let visit = 0; visit < 5; visit += 1) {
    bus.log.length = 0;
    chip.insert(new EchoChip());
    const detected = await reader.waitForCard(never());
    t.equal(detected.answerBytes, undefined);
    t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`);
    tries.push(writes(bus.log).filter((frame) => frame.includes('d442050008')).length);
    chip.remove();
    await reader.waitForRemoval(never());
  }
  t.same(tries, [3, 3, 3, 0, 0], 'once per rate, for three cards');
  await reader.start();
  chip.insert(new EchoChip());
  bus.write = deaf;
  t.equal((await reader.waitForCard(never())).answerBytes, 251, 'a reader that starts again has another chance');
});

test('sessions that break at a rate make the next cards slower, and one that works is forgiven', async (t) => {
  const { chip, bus, reader } = rig({ irq: true });
  await reader.start();
  const visit = async (breaks: boolean) => {
    bus.log.length = 0;
    chip.insert(new EchoChip());
    const detected = await reader.waitForCard(never());
    const rate = ([424, 212, 106] as const).find((one) => writes(bus.log).some((frame) => frame.includes(RATE_WRITE[one])));
    if (breaks) {
      chip.damageAir('answered', 'answered', 'answered');
      await t.rejects(detected.transceive(apdu), { code: 'reader/protocol', facts: { chipErrorName: 'crc' } });
    } else t.equal(hex(await detected.transceive(apdu)), `${hex(apdu)}9000`);
    chip.remove();
    await reader.waitForRemoval(never());
    return rate;
  };
  t.same([await visit(true), await visit(true), await visit(false), await visit(true), await visit(true)], [424, 424, 424, 424, 424]);
  t.same([await visit(true), await visit(false), await visit(false)], [424, 212, 212], 'three in a row');
});

test('a card taken while the host activates it is no card, and no failure of the visit', async (t) => {
  const { chip, bus, reader } = rig({ irq: true });
  await reader.start();
  const write = bus.write.bind(bus);
  bus.write = (address, bytes) => {
    if (hex(bytes).includes('d442050008')) {
      bus.write = write;
      chip.remove();
    }
    return write(address, bytes);
  };
  chip.insert(new EchoChip());
  const next = reader.waitForCard(never());
  await new Promise((resolve) => setTimeout(resolve, 30));
  const card = new EchoChip();
  chip.insert(card);
  t.equal(hex(await (await next).transceive(apdu)), `${hex(apdu)}9000`);
  t.equal(card.heard.length, 1);
});

/** A board in virtual time with a card that takes its time. */
const timed = async (options: TwinPn532Options & { fastPath: 'auto' | 'off'; gapMs: number }) => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const chip = new TwinPn532({ clock, stepMs: 0, ...options });
  const reader = openPn532Reader({ wires: chip, clock, log, gapMs: options.gapMs, fastPath: options.fastPath });
  const card = new EchoChip();
  chip.insert(card);
  await clock.run(reader.start());
  const detected = await clock.run(reader.waitForCard(never()));
  return { clock, chip, reader, card, detected };
};

test('a card that works longer than its waiting time asks for more, and is granted it on both paths', async (t) => {
  for (const fastPath of ['auto', 'off'] as const) {
    const { clock, card, detected } = await timed({ fastPath, gapMs: 1.3, think: { commandMs: 3, signMs: 2000 } });
    const began = clock.monotonicMs();
    t.equal(hex(await clock.run(detected.transceive(fromHex('802a000000')))), '802a0000009000');
    const took = clock.monotonicMs() - began;
    t.ok(took > 2000 && took < 2200, `${took} ms of virtual time`);
    t.equal(card.heard.length, 1);
  }
});

test('in virtual time a read takes what the published model says', async (t) => {
  const models = [
    ['off', 5, 256, 55.5],
    ['off', 1.3, 256, 48.1],
    ['auto', 1.3, 251, 19.8],
  ] as const;
  for (const [fastPath, gapMs, bytes, ms] of models) {
    const { clock, card, detected } = await timed({ fastPath, gapMs });
    card.answer = async () => new Uint8Array(bytes + 2);
    const read = fromHex(`00b00000${(bytes & 0xff).toString(16).padStart(2, '0')}`);
    await clock.run(detected.transceive(read));
    const began = clock.monotonicMs();
    for (let i = 0; i < 10; i += 1) await clock.run(detected.transceive(read));
    const each = (clock.monotonicMs() - began) / 10;
    // Without an IRQ line the ready byte is looked at every 2 ms, a gap before each look.
    t.ok(each >= ms - 0.5 && each < ms + 2 * gapMs + 2.5, `${fastPath}, gap ${gapMs}: ${each.toFixed(2)} ms, model ${ms}`);
  }
});
