import fc from 'fast-check';
import { test } from 'tap';
import { equal, fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type BitRate, offeredRates } from '../../src/device/nfc/bit-rate.ts';
import { readBlock } from '../../src/device/nfc/iso-dep/block.ts';
import { crcB, withCrcB, withoutCrcB } from '../../src/device/nfc/iso-dep/crc-b.ts';
import { IsoDepInitiator, IsoDepLost, type LinkAnswer } from '../../src/device/nfc/iso-dep/initiator.ts';
import { throughTimeoutIndex, throughTimeoutMs } from '../../src/device/nfc/through-timeout.ts';
import { TwinField } from '../../src/device/nfc/twin/field.ts';
import { Pace, USUAL_CARD } from '../../src/device/nfc/twin/timing.ts';
import { EchoChip } from './rig.ts';

/** A card that answers from a script of hexadecimal blocks, and what it heard. `silent` and `damaged` stand for themselves. */
const scripted = (script: readonly string[], options: { cid?: number; maxFrame?: number } = {}) => {
  const heard: string[] = [];
  const waits: number[] = [];
  const exchange = async (block: Uint8Array, waitMs: number): Promise<LinkAnswer> => {
    heard.push(hex(block));
    waits.push(waitMs);
    const answer = script[heard.length - 1];
    if (answer === undefined) throw new Error('the script is over');
    return answer === 'silent' || answer === 'damaged' ? answer : fromHex(answer);
  };
  return { heard, waits, session: new IsoDepInitiator({ link: { exchange }, maxFrame: 256, waitMs: 300, ...options }) };
};

/** The scenarios of ISO/IEC 14443-4, annex B: what the card says, and what the reader must have sent. */
const SCENARIOS: readonly {
  readonly name: string;
  readonly apdus: readonly string[];
  readonly card: readonly string[];
  readonly reader: readonly string[];
  readonly answers: readonly string[];
}[] = [
  {
    name: 'numbers turn over with every exchange',
    apdus: ['00b0000001', '00b0000002', '00b0000003'],
    card: ['02019000', '03029000', '02039000'],
    reader: ['0200b0000001', '0300b0000002', '0200b0000003'],
    answers: ['019000', '029000', '039000'],
  },
  {
    name: 'a request for more time is granted with the same multiplier',
    apdus: ['00b0000001'],
    card: ['f205', 'f201', '02019000'],
    reader: ['0200b0000001', 'f205', 'f201'],
    answers: ['019000'],
  },
  {
    name: 'an answer that got lost is asked for by R(NAK) and comes again',
    apdus: ['00b0000001'],
    card: ['silent', '02019000'],
    reader: ['0200b0000001', 'b2'],
    answers: ['019000'],
  },
  {
    name: 'a damaged answer likewise, and a damaged repetition once more',
    apdus: ['00b0000001'],
    card: ['damaged', 'damaged', '02019000'],
    reader: ['0200b0000001', 'b2', 'b2'],
    answers: ['019000'],
  },
  {
    name: 'a command that never arrived is sent again after R(ACK) with the other number',
    apdus: ['00b0000001'],
    card: ['silent', 'a3', '02019000'],
    reader: ['0200b0000001', 'b2', '0200b0000001'],
    answers: ['019000'],
  },
  {
    name: 'a lost grant of time is asked about by R(NAK), and the request comes again',
    apdus: ['00b0000001'],
    card: ['f201', 'silent', 'f201', '02019000'],
    reader: ['0200b0000001', 'f201', 'b2', 'f201'],
    answers: ['019000'],
  },
  {
    name: 'the card chains: each piece is asked for by R(ACK) with the number turned over',
    apdus: ['00b0000000'],
    card: ['120102', '130304', '029000'],
    reader: ['0200b0000000', 'a3', 'a2'],
    answers: ['010203049000'],
  },
  {
    name: 'a piece lost in the card’s chain is asked for again by R(ACK), never by R(NAK)',
    apdus: ['00b0000000'],
    card: ['120102', 'silent', 'damaged', '130304', '029000'],
    reader: ['0200b0000000', 'a3', 'a3', 'a3', 'a2'],
    answers: ['010203049000'],
  },
  {
    name: 'the card may ask for time inside its chain',
    apdus: ['00b0000000'],
    card: ['120102', 'f203', '039000'],
    reader: ['0200b0000000', 'a3', 'f203'],
    answers: ['01029000'],
  },
  {
    name: 'a block with the number of before is an old one: asked again',
    apdus: ['00b0000001', '00b0000002'],
    card: ['02019000', '02019000', '03029000'],
    reader: ['0200b0000001', '0300b0000002', 'b3'],
    answers: ['019000', '029000'],
  },
];

test('the scenarios of annex B, block by block', async (t) => {
  for (const { name, apdus, card, reader, answers } of SCENARIOS) {
    const { session, heard } = scripted(card);
    const got: string[] = [];
    for (const apdu of apdus) got.push(hex(await session.transceive(fromHex(apdu))));
    t.same(got, answers, name);
    t.same(heard, reader, name);
  }
});

test('we chain what is longer than the card’s frames, and repeat the piece that got lost', async (t) => {
  const apdu = Uint8Array.from({ length: 30 }, (_, i) => i);
  const cut = [hex(apdu.subarray(0, 13)), hex(apdu.subarray(13, 26)), hex(apdu.subarray(26))];
  const whole = scripted(['a2', 'a3', '029000'], { maxFrame: 16 });
  t.equal(hex(await whole.session.transceive(apdu)), '9000');
  t.same(whole.heard, [`12${cut[0]}`, `13${cut[1]}`, `02${cut[2]}`]);
  const lossy = scripted(['a2', 'silent', 'a2', 'damaged', 'a3', '029000'], { maxFrame: 16 });
  t.equal(hex(await lossy.session.transceive(apdu)), '9000');
  t.same(lossy.heard, [`12${cut[0]}`, `13${cut[1]}`, 'b3', `13${cut[1]}`, 'b3', `02${cut[2]}`]);
});

test('blocks carry the CID when there is one, and another CID is not ours', async (t) => {
  const { session, heard } = scripted(['0a02019000', '0a01019000'], { cid: 1 });
  t.equal(hex(await session.transceive(fromHex('00b0000001'))), '019000');
  t.same(heard, ['0a0100b0000001', 'ba01']);
});

test('the waiting time is multiplied for one block only, and never beyond what the standard allows', async (t) => {
  const { session, waits } = scripted(['f203', 'f23b', '02019000', '039000']);
  await session.transceive(fromHex('00b0000001'));
  await session.transceive(fromHex('00b0000001'));
  t.same(waits, [300, 900, 4949, 300]);
});

test('a card that cannot be brought to speak is lost after finite tries, with the reason', async (t) => {
  const hopeless: readonly [script: readonly string[], reason: string][] = [
    [['silent', 'silent', 'silent'], 'silent'],
    [['damaged', 'damaged', 'damaged'], 'damaged'],
    [['ffff', '00', 'c2'], 'protocol'],
    [['a3', 'a3', 'a3', 'silent', 'silent'], 'silent'],
    [['120102', 'silent', 'silent', 'silent'], 'silent'],
    [['a2'], 'protocol'],
    [['120102', '13'], 'protocol'],
  ];
  for (const [script, reason] of hopeless) {
    const outcome = await scripted(script)
      .session.transceive(fromHex('00b0000001'))
      .catch((error: unknown) => error);
    t.ok(outcome instanceof IsoDepLost, script.join(' '));
    t.match(outcome, { reason }, script.join(' '));
  }
  const endless = new IsoDepInitiator({ link: { exchange: async () => fromHex('f201') }, maxFrame: 256, waitMs: 1 });
  await t.rejects(endless.transceive(fromHex('00b0000001')), { name: 'IsoDepLost' }, 'requests for time without end');
});

test('a card cannot hold one APDU for longer than a minute of waiting, whatever it alternates', async (t) => {
  for (const round of [['f23b'], ['f23b', 'silent', 'silent'], ['f201', 'damaged'], ['f203', 'silent', 'f201']]) {
    for (const waitMs of [77, 309, 2475, 4949]) {
      let [turns, waited] = [0, 0];
      const exchange = async (_block: Uint8Array, ms: number): Promise<LinkAnswer> => {
        const answer = round[turns % round.length] ?? '';
        turns += 1;
        waited += ms;
        return answer === 'silent' || answer === 'damaged' ? answer : fromHex(answer);
      };
      const session = new IsoDepInitiator({ link: { exchange }, maxFrame: 256, waitMs });
      for (const again of [false, true]) {
        waited = 0;
        await t.rejects(session.transceive(fromHex('00b0000001')), { name: 'IsoDepLost' }, `${round.join(' ')} ${again}`);
        t.ok(waited <= 60_000 + 2 * 4949, `${Math.round(waited)} ms of ${round.join(' ')} at ${waitMs}`);
      }
    }
  }
});

test('after an exchange that broke off, the answer nobody heard is dropped', async (t) => {
  const broken = (script: readonly string[]) => {
    const parts = scripted(script);
    return { ...parts, first: parts.session.transceive(fromHex('00b0000001')).catch(() => 'broken') };
  };
  const late = broken(['silent', 'silent', 'silent', 'f201', '0201029000', '03039000']);
  t.equal(await late.first, 'broken');
  t.equal(hex(await late.session.transceive(fromHex('00b0000003'))), '039000');
  t.same(late.heard.slice(3), ['b2', 'f201', '0300b0000003']);
  const never = broken(['silent', 'silent', 'silent', 'a3', '02039000']);
  t.equal(await never.first, 'broken');
  t.equal(hex(await never.session.transceive(fromHex('00b0000003'))), '039000');
  const half = scripted(['a2', 'silent', 'silent', 'silent'], { maxFrame: 16 });
  const long = new Uint8Array(20);
  await t.rejects(half.session.transceive(long), { message: 'ISO-DEP: silent' });
  await t.rejects(
    half.session.transceive(long),
    { message: 'ISO-DEP: protocol' },
    'a card that holds half a command is not asked anything more',
  );
});

test('a present card answers R(NAK); S(DESELECT) is tried three times', async (t) => {
  t.equal(await scripted(['a3']).session.isPresent(50), true);
  t.equal(await scripted(['damaged']).session.isPresent(50), true);
  t.equal(await scripted(['silent']).session.isPresent(50), false);
  const once = scripted(['c2']);
  t.equal(await once.session.deselect(50), true);
  t.same(once.heard, ['c2']);
  const never = scripted(['silent', 'a2', 'damaged'], { cid: 1 });
  t.equal(await never.session.deselect(50), false);
  t.same(never.heard, ['ca01', 'ca01', 'ca01']);
});

test('CRC_B is the standard’s own examples', async (t) => {
  // ISO/IEC 14443-3, annex B.
  t.equal(hex(crcB(fromHex('000000'))), 'ccc6');
  t.equal(hex(crcB(fromHex('0faaff'))), 'fcd1');
  t.equal(hex(crcB(fromHex('0a123456'))), '2cf6');
  t.equal(hex(withoutCrcB(withCrcB(fromHex('0a123456'))) ?? new Uint8Array(0)), '0a123456');
  t.equal(withoutCrcB(fromHex('0a1234562cf7')), undefined);
  t.equal(withoutCrcB(fromHex('2cf6')), undefined);
});

test('the rates a card offers are read from its protocol info', async (t) => {
  const offers: readonly [info: string, rates: readonly BitRate[]][] = [
    ['b381a1', [424, 212, 106]],
    ['0081d1', [106]],
    ['9181a1', [212, 106]],
    ['ff81a1', [106]],
    ['a081a1', [106]],
  ];
  for (const [info, rates] of offers) t.same(offeredRates(fromHex(info)), rates, info);
});

test('the chip waits at least as long as the card may take', async (t) => {
  t.equal(throughTimeoutIndex(309.3), 13);
  t.equal(throughTimeoutIndex(51.2), 10);
  t.equal(throughTimeoutIndex(2474), 16);
  t.equal(throughTimeoutIndex(4949), 16, 'the longest there is');
  t.equal(throughTimeoutMs(13), 409.6);
});

test('reserved and malformed blocks are invalid', async (t) => {
  for (const bytes of ['', '0a', 'a201', 'aa', 'f2', 'f200', 'f23c', 'f20101', 'c200', 'e2', '0600', 'ff', '22', '00', '80']) {
    t.equal(readBlock(fromHex(bytes)), undefined, bytes);
  }
});

test('on a disturbed radio every answer is the true one or none, and the card hears each command once', async (t) => {
  const disturbance = fc.array(fc.constantFrom('sent' as const, 'answered' as const), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 5, max: 300 }), fc.integer({ min: 2, max: 700 }), disturbance), { minLength: 1, maxLength: 5 }),
      async (script) => {
        const pace = new Pace(systemClock, false);
        const random = (length: number) => new Uint8Array(length).fill(7);
        const field = new TwinField({
          random,
          clock: systemClock,
          pace,
          think: USUAL_CARD,
          protocolInfo: fromHex('b381a1'),
          maxRate: 424,
        });
        const card = new EchoChip();
        field.insert(card);
        field.switch(true);
        await field.exchange(fromHex('050008'), 106, 0);
        await field.exchange(fromHex('1d07070707 00a80100'), 106, 0);
        const session = new IsoDepInitiator({
          link: { exchange: (block, waitMs) => field.exchange(block, 424, waitMs) },
          maxFrame: 256,
          waitMs: 300,
        });
        for (const [step, [sent, got, damage]] of script.entries()) {
          const apdu = new Uint8Array(sent).fill(step);
          const answer = Uint8Array.from({ length: got }, (_, i) => i + step);
          card.answer = async () => answer;
          field.damageNext(...damage);
          const outcome = await session.transceive(apdu).catch((error: unknown) => error);
          if (card.heard.filter((one) => equal(one, apdu)).length > 1) return false;
          if (!(outcome instanceof Uint8Array)) return outcome instanceof IsoDepLost;
          if (!equal(outcome, answer)) return false;
        }
        return true;
      },
    ),
    { numRuns: 200 },
  );
  t.pass('200 random disturbances');
});
