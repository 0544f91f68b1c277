import '../fuzz/sizes.ts';
import fc from 'fast-check';
import { test } from 'tap';
import { encodeCommand, parseCommand, parseResponse } from '../../src/card/apdu.ts';
import { encodeTlv, parseHeader, parseTlv, parseTlvs, requireTlv } from '../../src/card/ber.ts';
import { mergeRanges, parseAttributes, parseOffsets } from '../../src/card/card-face.ts';
import { openChannel } from '../../src/card/channel.ts';
import { parseCvCertificate } from '../../src/card/cv-certificate.ts';
import { readObject } from '../../src/card/files.ts';
import { cardProfile2016 } from '../../src/card/profile.ts';
import { readTries } from '../../src/card/secrets.ts';
import { rsaKey } from '../../src/card/signature.ts';
import { SW, swText, triesFrom, unexpectedStatus } from '../../src/card/status-word.ts';
import { oidText, readCertificateFields } from '../../src/card/x509-fields.ts';
import { concat, fromHex, hex } from '../../src/core/bytes.ts';
import { isFailure, KioskFailure } from '../../src/core/failure.ts';
import { createLog } from '../../src/core/log.ts';

const bytes = (options: fc.IntArrayConstraints = {}) => fc.uint8Array(options);
const malformed = { code: 'card/malformed' };

/** A card that answers from a list, in hexadecimal. */
const scripted = (...answers: readonly string[]) => {
  const sent: string[] = [];
  return {
    sent,
    async transceive(command: Uint8Array) {
      sent.push(hex(command));
      const next = answers[sent.length - 1];
      if (next === undefined) throw new Error('script is over');
      return fromHex(next);
    },
  };
};

test('commands of the four cases are written in short form', async (t) => {
  const cases = [
    ['case 1, the PIN counter', { cla: 0, ins: 0x20, p1: 0, p2: 0x80 }, '00200080'],
    ['case 2, 256 bytes', { cla: 0, ins: 0xb0, p1: 1, p2: 2, le: 256 }, '00b0010200'],
    ['case 2, 5 bytes', { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 5 }, '00b0000005'],
    ['case 3, SELECT of a file', { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: fromHex('0018') }, '00a4020c020018'],
    ['case 4, a signature', { cla: 0x80, ins: 0x2a, p1: 0, p2: 0x80, data: fromHex('aabb'), le: 256 }, '802a008002aabb00'],
  ] as const;
  for (const [name, command, expected] of cases) t.equal(hex(encodeCommand(command)), expected, name);
  const header = { cla: 0, ins: 0xb0, p1: 0, p2: 0 };
  t.throws(() => encodeCommand({ ...header, le: 0 }), RangeError);
  t.throws(() => encodeCommand({ ...header, le: 257 }), RangeError);
  t.throws(() => encodeCommand({ ...header, p1: 256 }), RangeError);
  t.throws(() => encodeCommand({ ...header, data: new Uint8Array(65_536) }), RangeError);
  const long = { ...header, data: new Uint8Array(256).fill(7) };
  t.equal(hex(encodeCommand(long).subarray(0, 8)), `${hex(encodeCommand(header).subarray(0, 4))}00010007`, 'extended form');
  t.same(parseCommand(encodeCommand({ ...long, le: 256 })), { ...long, le: 256 });
});

test('a card reads back every command that a kiosk can write', async () => {
  fc.assert(
    fc.property(
      fc.record({ cla: fc.nat(255), ins: fc.nat(255), p1: fc.nat(255), p2: fc.nat(255) }),
      fc.option(bytes({ minLength: 1, maxLength: 255 }), { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined }),
      (header, data, le) => {
        const command = { ...header, ...(data === undefined ? {} : { data }), ...(le === undefined ? {} : { le }) };
        const parsed = parseCommand(encodeCommand(command));
        return JSON.stringify(parsed) === JSON.stringify(command);
      },
    ),
  );
});

test('extended commands are understood, contradicting lengths are not', async (t) => {
  t.match(parseCommand(fromHex('00b00000000000')), { le: 65536 });
  t.match(parseCommand(fromHex('00b00000000123')), { le: 0x123 });
  t.match(parseCommand(fromHex('80a206c1000002aabb')), { data: fromHex('aabb') });
  t.match(parseCommand(fromHex('80a206c1000002aabb0000')), { data: fromHex('aabb'), le: 65536 });
  for (const wrong of ['', '00b000', '00b000000000', '00a4040c0500', '00a4040c01aabbcc', '00b00000000000aa', '80a20000000003aabb']) {
    t.equal(parseCommand(fromHex(wrong)), undefined, wrong);
  }
});

test('an answer has data and a status word, or it is malformed', async (t) => {
  t.match(parseResponse(fromHex('aabb9000')), { sw: 0x9000, data: fromHex('aabb') });
  t.throws(() => parseResponse(fromHex('90')), malformed);
  t.throws(() => parseResponse(new Uint8Array()), malformed);
  t.equal(swText(0x6a82), '6a82');
  t.equal(triesFrom(0x63c3), 3);
  t.equal(triesFrom(0x63c0), 0);
  t.equal(triesFrom(0x6300), undefined, 'no limit: no secret of these cards');
  t.equal(triesFrom(0x9000), undefined);
  t.match(unexpectedStatus('read', SW.securityNotSatisfied), { code: 'card/read-failed', facts: { step: 'read', sw: '6982' } });
});

test('61xx is answered with GET RESPONSE, 6Cxx with the right length', async (t) => {
  const more = scripted('aa6102', 'bb6101', 'cc9000');
  const answer = await openChannel(more).send({ cla: 0x80, ins: 0x2a, p1: 0, p2: 0, data: fromHex('01'), le: 256 });
  t.equal(hex(answer.data), 'aabbcc');
  t.same(more.sent, ['802a0000010100', '00c0000002', '00c0000001']);

  const shorter = scripted('6c03', 'aabbcc9000');
  t.match(await openChannel(shorter).send({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 256 }), { sw: SW.ok });
  t.same(shorter.sent, ['00b0000000', '00b0000003']);

  const lying = scripted('6c03', '9000');
  t.match(await openChannel(lying).send({ cla: 0, ins: 0x20, p1: 0, p2: 0x80, data: fromHex('39383736') }), { sw: 0x6c03 });
  t.same(lying.sent, ['002000800439383736'], 'what asked for no data is not sent again: a secret is presented once');

  const endless = { transceive: async () => fromHex('aa6100') };
  await t.rejects(openChannel(endless).send({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 1 }), malformed);
});

test('the debug log holds the head of a command and the status, never the data of a VERIFY', async (t) => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const seen: Uint8Array[] = [];
  const card = {
    async transceive(command: Uint8Array) {
      seen.push(command);
      return fromHex('63c2');
    },
  };
  await openChannel(card, log).send({ cla: 0, ins: 0x20, p1: 0, p2: 0x80, data: fromHex('39383736') });
  t.match(JSON.parse(lines[0] ?? ''), { event: 'card.apdu', command: '0020008004', sw: '63c2', length: 0 });
  t.notMatch(lines.join(''), '39383736');
  t.equal(hex(seen[0] ?? new Uint8Array()).slice(10), '00000000', 'the command buffer is wiped after use');
});

test('an aborted signal stops the next command', async (t) => {
  const controller = new AbortController();
  controller.abort(new KioskFailure('visit/cancelled'));
  const card = scripted('9000');
  await t.rejects(openChannel(card).send({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 1 }, controller.signal), { code: 'visit/cancelled' });
  t.equal(card.sent.length, 0);
});

test('objects with private two-byte tags are read, padding behind them is left alone', async (t) => {
  const object = parseTlv(fromHex('ff20 05 df22 02 3132 ffffffff'));
  t.equal(object.tag, 0xff20);
  t.equal(hex(object.raw), 'ff2005df22023132');
  t.equal(requireTlv(parseTlvs(object.value), 0xdf22, 'test').headerLength, 3);
  t.throws(() => requireTlv([], 0xdf22, 'test'), malformed);
  t.match(parseHeader(fromHex('ff20 82 1234')), { tag: 0xff20, headerLength: 5, valueLength: 0x1234 });
  t.match(parseHeader(fromHex('9f8101 00')), { tag: 0x9f8101, headerLength: 4 });
  const wrong = [
    '',
    'ff',
    'ff20',
    'ff2082',
    'ff208201',
    '3080',
    '308400000001',
    '30850000000001',
    '9f00',
    '9f818181 00',
    '30 05 0102',
    '1f80 01 00',
  ];
  for (const text of wrong) t.throws(() => parseTlv(fromHex(text)), malformed, text);
  t.equal(hex(encodeTlv(0x7f4e, new Uint8Array(200))).slice(0, 8), '7f4e81c8');
  t.equal(hex(encodeTlv(0x9f8101)), '9f810100');
  t.throws(() => encodeTlv(0x30, new Uint8Array(65536)), RangeError);
});

test('lengths and tags at the edges of their forms, read anywhere in the input', async (t) => {
  for (const [length, header] of [
    [0x7f, '7f'],
    [0x80, '8180'],
    [0xff, '81ff'],
    [0x100, '820100'],
    [0xffff, '82ffff'],
  ] as const) {
    const object = encodeTlv(0x04, new Uint8Array(length));
    t.equal(hex(object.subarray(0, object.length - length)), `04${header}`);
    t.match(parseHeader(concat(Uint8Array.of(1, 2, 3), object), 3), { headerLength: object.length - length, valueLength: length });
    t.equal(parseTlv(concat(Uint8Array.of(1, 2, 3), object), 3).offset, 3);
  }
  t.match(parseHeader(fromHex('0483010203')), { valueLength: 0x010203, headerLength: 5 }, 'three bytes of length');
  for (const [tag, bytes] of [
    [0xfe, 'fe'],
    [0xff, 'ff'],
    [0x5f01, '5f01'],
    [0xff7f, 'ff7f'],
    [0xffff, 'ffff'],
    [0x9f8101, '9f8101'],
  ] as const) {
    t.equal(hex(encodeTlv(tag)), `${bytes}00`);
  }
  t.match(
    parseHeader(fromHex('1f8100 05')),
    { tag: 0x1f8100, headerLength: 4, valueLength: 5 },
    'only the first byte of a tag number may not be zero',
  );
});

test('each malformed input says what is wrong with it', async (t) => {
  const says = (text: string, message: string) =>
    t.throws(() => parseTlv(fromHex(text)), { code: 'card/malformed', facts: { part: 'ber' }, message: `ber: ${message}` });
  says('', 'input ends inside a header');
  says('9f00', 'tag number with leading zeros');
  says('9f81818100', 'tag longer than three bytes');
  says('9f818101 00', 'tag longer than three bytes');
  says('3080', 'indefinite length');
  says('3084 00000000', 'length of more than three bytes');
  says('3003 0102', 'value longer than the input');
  t.throws(() => requireTlv([], 0xdf22, 'face'), { facts: { part: 'face' }, message: 'face: object df22 is missing' });
  t.throws(() => encodeTlv(0x30, new Uint8Array(65_536)), { message: 'TLV value longer than 65535 bytes' });
});

test('what was written as BER is read back, whatever follows it', async () => {
  const tags = fc.constantFrom(0x30, 0x5f37, 0x7f21, 0xdf27, 0xff20, 0x9f8101);
  fc.assert(
    fc.property(fc.array(fc.tuple(tags, bytes({ maxLength: 400 })), { maxLength: 6 }), bytes({ maxLength: 20 }), (objects, tail) => {
      const inside = concat(...objects.map(([tag, value]) => encodeTlv(tag, value)));
      const read = parseTlvs(parseTlv(concat(encodeTlv(0xff20, inside), tail)).value);
      return (
        read.length === objects.length &&
        read.every((object, i) => object.tag === objects[i]?.[0] && hex(object.value) === hex(objects[i]?.[1] ?? tail))
      );
    }),
  );
});

test('hostile bytes end in card/malformed in every parser, never in a crash or a loop', async () => {
  const parsers: readonly ((input: Uint8Array) => unknown)[] = [
    (input) => parseTlv(input),
    (input) => parseTlvs(input),
    (input) => parseAttributes(input),
    (input) => parseOffsets(input, input.length),
    (input) => parseCvCertificate(input),
    (input) => readCertificateFields(input),
    (input) => oidText(input),
  ];
  const tlvLike = fc
    .tuple(fc.constantFrom(0x30, 0xff20, 0x7f21, 0xdf21), bytes({ maxLength: 60 }))
    .map(([tag, value]) => encodeTlv(tag, value));
  fc.assert(
    fc.property(fc.oneof(bytes({ maxLength: 80 }), tlvLike), fc.constantFrom(...parsers), (input, parse) => {
      try {
        parse(input);
        return true;
      } catch (error) {
        return isFailure(error, 'card/malformed');
      }
    }),
    { numRuns: 1500 },
  );
});

test('a card that lies about lengths is found out', async (t) => {
  const read = (...answers: string[]) => readObject(openChannel(scripted(...answers)), cardProfile2016, 0x000a);
  t.equal(hex(await read('3003 010203 ffff 9000')), '3003010203', 'padding is dropped');
  t.equal(hex(await read('3003 01 9000', '02 9000', '03 6282')), '3003010203', 'short answers are put together');
  await t.rejects(read('3003 01 9000', '9000'), malformed, 'an empty read would never end');
  await t.rejects(read('3003 01 9000', '0203 04 9000'), malformed, 'more than was asked for');
  await t.rejects(read('30829000 9000'), malformed, 'longer than any file');
  await t.rejects(read('6982'), { code: 'card/read-failed', facts: { sw: '6982' } });
  await t.rejects(read('3003 01 9000', '6b00'), { code: 'card/read-failed' });
  const rule = cardProfile2016.jpki.pin;
  t.equal(await readTries(openChannel(scripted('6984', '9000', '6984')), rule), 0);
  await t.rejects(readTries(openChannel(scripted('6986', '9000', '9000')), rule), { code: 'card/read-failed' });
  await t.rejects(readTries(openChannel(scripted('6986', '6a82')), rule), { code: 'card/read-failed' });
});

test('hostile answers to a file read end in a failure or in the bytes of an object', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), async (answers) => {
      let turn = 0;
      const card = { transceive: async () => Uint8Array.from(answers[turn++ % answers.length] ?? []) };
      try {
        const object = await readObject(openChannel(card), cardProfile2016, 0x0002);
        return object.length >= 2;
      } catch (error) {
        return isFailure(error);
      }
    }),
  );
});

test('small parts: ranges, object identifiers, keys, attributes', async (t) => {
  t.same(
    mergeRanges([
      [5, 9],
      [0, 3],
      [3, 4],
      [8, 12],
    ]),
    [
      [0, 4],
      [5, 12],
    ],
  );
  t.equal(oidText(fromHex('551d0f')), '2.5.29.15');
  t.equal(oidText(fromHex('2a8308 8c9b55')), '1.2.392.200149');
  t.equal(oidText(fromHex('8837')), '2.999');
  t.throws(() => oidText(fromHex('ffffffffffffffffff7f')), malformed);
  t.throws(() => rsaKey(fromHex('00'), fromHex('010001')), malformed);
  const attributes = (birth: string, name = 'e382abe383a1') =>
    fromHex(
      hex(
        encodeTlv(
          0xff20,
          encodeTlv(0xdf22, fromHex(name)),
          encodeTlv(0xdf23),
          encodeTlv(0xdf24, fromHex(birth)),
          encodeTlv(0xdf25, fromHex('32')),
        ),
      ),
    );
  t.match(parseAttributes(attributes('3139383030323137')), { name: 'カメ', birth: '19800217', sex: '2', address: '' });
  t.throws(() => parseAttributes(attributes('31')), malformed);
  t.throws(() => parseAttributes(attributes('3139383030323137', 'ff')), malformed);
  t.throws(() => parseAttributes(fromHex('3000')), malformed);
});
