import fc from 'fast-check';
import { test } from 'tap';
import { concat, fromHex, hex } from '../../src/core/bytes.ts';
import {
  ACK_FRAME,
  CHIP_TO_HOST,
  complement,
  dataFrame,
  ERROR_FRAME,
  frameLength,
  HOST_TO_CHIP,
  NACK_FRAME,
} from '../../src/device/nfc/frame.ts';
import { FrameParser, findFrame } from '../../src/device/nfc/frame-parser.ts';
import { nfcFuzzTargets, parse, shown } from './generators.ts';

test('frames of the user manual are written byte for byte', async (t) => {
  const written: readonly [name: string, body: string, frame: string][] = [
    ['GetFirmwareVersion', '02', '0000ff02fed4022a00'],
    ['SAMConfiguration', '14010001', '0000ff05fbd4140100011600'],
    ['InListPassiveTarget type B', '4a010300', '0000ff05fbd44a010300de00'],
  ];
  for (const [name, body, frame] of written) t.equal(hex(dataFrame(HOST_TO_CHIP, fromHex(body))), frame, name);
  t.equal(hex(ACK_FRAME), '0000ff00ff00');
  t.equal(hex(NACK_FRAME), '0000ffff0000');
  t.equal(hex(ERROR_FRAME), '0000ff01ff7f8100');
});

test('a frame becomes extended above 255 bytes and is refused above 265', async (t) => {
  t.equal(hex(dataFrame(0xd5, new Uint8Array(254)).subarray(0, 6)), '0000ffff01d5');
  t.equal(hex(dataFrame(0xd5, new Uint8Array(255)).subarray(0, 9)), '0000ffffff0100ffd5');
  t.equal(hex(dataFrame(0xd5, new Uint8Array(264)).subarray(0, 9)), '0000ffffff0109f6d5');
  t.throws(() => dataFrame(0xd5, new Uint8Array(265)), RangeError);
  for (const length of [0, 1, 252, 253, 254, 262]) t.equal(frameLength(length), dataFrame(0xd5, new Uint8Array(length + 1)).length);
});

test('answers of a real session are read byte for byte', async (t) => {
  const read: readonly [name: string, bytes: string, frame: string][] = [
    ['acknowledgement', '0000ff00ff00', 'ack'],
    ['negative acknowledgement', '0000ffff0000', 'nack'],
    ['syntax error', '0000ff01ff7f8100', 'error'],
    ['firmware 1.6', '0000ff06fad50332010607e800', 'd5 0332010607'],
    ['extended', '0000ffffff0003fdd54100ea00', 'd5 4100'],
    ['without preamble', '00ff02fed5032800', 'd5 03'],
    ['long preamble', '000000000000ff02fed5032800', 'd5 03'],
  ];
  for (const [name, bytes, frame] of read) t.same(parse(fromHex(bytes)).map(shown), [frame], name);
});

test('damage is skipped and the frame behind it is found', async (t) => {
  const good = '0000ff02fed5032800';
  const damaged: readonly [name: string, bytes: string][] = [
    ['length checksum', '0000ff02ffd5032800'],
    ['data checksum', '0000ff02fed5032900'],
    ['a length that reaches into the next frame', '0000ff08f8d5032800'],
    ['a length beyond everything that follows', '0000ff40c0d5032800'],
    ['extended length above the limit', '0000ffffff010af5d503'],
    ['extended length checksum', '0000ffffff000200d503'],
    ['length zero', '0000ff000000'],
    ['cut off after the start code', '0000ff'],
  ];
  for (const [name, bytes] of damaged) {
    t.same(parse(fromHex(bytes + good)).map(shown), ['d5 03'], name);
    t.not(
      findFrame(fromHex(bytes + good)).state,
      'frame',
      `${name}: a transaction carries one frame, so what stands behind is not believed`,
    );
  }
});

test('a read that stopped short says how much is missing', async (t) => {
  const long = dataFrame(0xd5, new Uint8Array(260).fill(7));
  t.same(findFrame(long.subarray(0, 20)), { state: 'short', end: long.length - 1 });
  t.same(findFrame(fromHex('0000ff06fad503')), { state: 'short', end: 12 });
  for (const header of ['0000ff', '0000ff06', '0000ffff', '0000ffffff', '0000ffffff01', '0000ffffff0104'])
    t.same(findFrame(fromHex(header)), { state: 'short', end: 8 }, `${header}: the header first`);
  t.same(findFrame(fromHex('0000ff20e0d503 0000ffffff01')), { state: 'short', end: 38 }, 'the first that may be one');
  t.same(findFrame(fromHex('0000ff02fed5032900 00')), { state: 'damaged' }, 'whole, but wrong; the zero behind it is no start');
  t.match(
    findFrame(fromHex('00ff02fed5032800')),
    { state: 'frame', frame: { kind: 'data', tfi: 0xd5 } },
    'the start code alone, no preamble',
  );
  t.same(findFrame(fromHex('ff02fed5032800')), { state: 'damaged' }, 'half a start code is none');
  t.same(findFrame(fromHex('0000000000')), { state: 'damaged' });
  t.same(findFrame(new Uint8Array(0)), { state: 'damaged' });
});

test('frames at the edges of their forms are read, and one byte more is no frame', async (t) => {
  for (const length of [1, 254, 255, 256, 264, 265]) {
    const body = new Uint8Array(length - 1).fill(7);
    t.same(parse(dataFrame(0xd5, body)).map(shown), [`d5 ${hex(body)}`], `${length} bytes with the TFI`);
  }
  const payload = new Uint8Array(266).fill(7).fill(0xd5, 0, 1);
  const tooLong = concat(fromHex('0000ffffff010af5'), payload, Uint8Array.of(complement(payload), 0));
  t.same(parse(tooLong), [], 'all checks right, but no chip holds 266 bytes');
  t.same(parse(fromHex('0000ffffff0003fcd54100ea00')), [], 'an extended length whose check is wrong, the data’s right');
  t.same(parse(fromHex('0000ff0000ff00ff00')).map(shown), ['ack'], 'a length of zero is no frame, the acknowledgement in it is');
});

test('a frame is given as soon as its last byte is there, whatever came before it', async (t) => {
  const extended = dataFrame(0xd5, new Uint8Array(260).fill(7));
  for (let at = 0; at < extended.length - 1; at += 1)
    t.equal(
      new FrameParser().push(extended.subarray(0, at)).length + parse(extended.subarray(0, at), extended.subarray(at)).length,
      1,
      `cut at ${at}`,
    );
  const parser = new FrameParser();
  for (const byte of fromHex('a50000ff02fed50328')) t.same(parser.push(Uint8Array.of(byte)).map(shown), byte === 0x28 ? ['d5 03'] : []);
  t.same(parser.push(fromHex('00b700')), []);
  t.same(parser.push(fromHex('00ff00ff')).map(shown), ['ack']);
  t.same(parser.push(fromHex('0000ff06fa d503')), [], 'cut off');
  t.same(parser.end(), []);
  t.same(parser.push(fromHex('0000ff02fed5032800')).map(shown), ['d5 03'], 'what was cut off is forgotten');
});

test('an extended frame that became a normal one by a single byte is not believed, though both its checks hold', (t) => {
  const body = Uint8Array.from({ length: 264 }, (_, i) => i);
  // The check byte of the 255 bytes behind FF 01 falls into the data: it is made to hold.
  body[251] = complement(dataFrame(CHIP_TO_HOST, body).subarray(5, 260));
  const hurt = dataFrame(CHIP_TO_HOST, body);
  t.equal(findFrame(hurt).state, 'frame');
  t.match(findFrame(dataFrame(HOST_TO_CHIP, body)), { state: 'frame', frame: { tfi: 0xd4 } }, 'the other direction');
  hurt[4] = 0x01;
  t.same(findFrame(hurt), { state: 'damaged' });
  const parser = new FrameParser();
  t.same([...parser.push(hurt), ...parser.end()], []);
  t.ok(parser.takeSkipped());
  t.end();
});

test('in a stream, what stands behind damage is marked, and what stands before it is not', async (t) => {
  const marked = (bytes: string): string[] =>
    new FrameParser().hear(fromHex(bytes)).map((one) => (one.kind === 'damaged' ? one.kind : shown(one)));
  t.same(marked('0000ff00ff00 0000ff02fed5032800'), ['ack', 'd5 03']);
  t.same(marked('0000ff00fe00 0000ff02fed5032800'), ['damaged', 'd5 03'], 'a damaged acknowledgement');
  t.same(marked('0000ff00ff00 0000ff09f7 d501 0000ff00ff0000 2b00'), ['ack', 'damaged', 'ack'], 'an acknowledgement in damaged data');
  const slow = new FrameParser();
  t.same(slow.hear(fromHex('0000ff02fed5')), [], 'the beginning of a frame is no damage');
  t.match(slow.hear(fromHex('032800')), [{ kind: 'data', tfi: 0xd5 }]);
});

test('bytes that are no frame are told once, zeros between frames are none', async (t) => {
  const parser = new FrameParser();
  const skipped = (bytes: string): boolean => {
    parser.push(fromHex(bytes));
    return parser.takeSkipped();
  };
  t.equal(parser.takeSkipped(), false, 'nothing yet');
  t.equal(skipped('0000ff02fed50328'), false, 'nothing behind the last byte that counts');
  t.equal(skipped('000000ff02fed5032800000000'), false, 'a frame, zeros before and behind it');
  t.equal(skipped('00a50000ff02fed5032800'), true, 'noise in front');
  t.equal(parser.takeSkipped(), false, 'told once');
  t.equal(skipped('a5000000'), true, 'zeros behind it do not take it back');
  t.equal(skipped('ff0000ff00ff00'), true, 'noise that begins no frame');
});

for (const { name, input, holds } of nfcFuzzTargets) {
  test(name, async (t) => {
    await fc.assert(
      fc.asyncProperty(input, async (one) => holds(one)),
      { numRuns: 500 },
    );
    t.pass('500 random inputs');
  });
}
