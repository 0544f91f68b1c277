import { createRequire } from 'node:module';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { TwinCardFaceReader } from '../../src/card/twin/face-reader.ts';
import { encodeCardPhoto, JP2_SIGNATURE } from '../../src/card/twin/jp2.ts';
import { bitmapPng, digitsPng } from '../../src/card/twin/png.ts';
import { createVirtualCard, type VirtualCard } from '../../src/card/twin/virtual-card.ts';
import { equal } from '../../src/core/bytes.ts';
import { NOW, never, openWorkshop } from './fixtures/cards.ts';

const workshop = await openWorkshop();

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; componentCount: number; bitsPerSample: number };
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

test('a card photo is a greyscale JP2 of about the wanted size that decodes to the picture', async (t) => {
  const [width, height] = [240, 320];
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => 128 + 90 * Math.sin((i % width) / 25) * Math.cos(i / width / 31) + ((i * 7919) % 13),
  );
  const photo = await encodeCardPhoto({ width, height, data });
  t.ok(photo.length > 3000 && photo.length < 6500, `${photo.length} bytes`);
  t.ok(equal(photo.subarray(0, 12), JP2_SIGNATURE));
  t.ok((await encodeCardPhoto({ width, height, data }, 12_000)).length > photo.length);

  const factory = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/decodewasmjs') as (
    options: object,
  ) => Promise<{ J2KDecoder: new () => Decoder }>;
  const decoder = new (await factory({ print: () => undefined, printErr: () => undefined })).J2KDecoder();
  decoder.getEncodedBuffer(photo.length).set(photo);
  decoder.decode();
  t.match(decoder.getFrameInfo(), { width, height, componentCount: 1, bitsPerSample: 8 });
  const decoded = decoder.getDecodedBuffer();
  const meanError = decoded.reduce((sum, value, i) => sum + Math.abs(value - (data[i] ?? 0)), 0) / data.length;
  t.ok(meanError < 8, `mean error ${meanError.toFixed(2)} grey levels`);
  decoder.delete();
});

test('pixels that are no picture are refused', async (t) => {
  const refused = { code: 'input/invalid', facts: { field: 'photo' } };
  await t.rejects(encodeCardPhoto({ width: 240, height: 320, data: new Uint8Array(10) }), refused);
  await t.rejects(encodeCardPhoto({ width: 4, height: 4, data: new Uint8Array(16) }), refused);
  await t.rejects(encodeCardPhoto({ width: 40.5, height: 40, data: new Uint8Array(1620) }), refused);
});

test('every wrong parameter is refused by name, with what is allowed', async (t) => {
  const wrong: readonly (readonly [string, Parameters<typeof workshop.make>[0]])[] = [
    ['kind', { kind: 'library' as never }],
    ['photo', { photoJp2: new Uint8Array(100) }],
    ['photo', { photoJp2: Uint8Array.from({ length: 30_000 }, (_, i) => JP2_SIGNATURE[i] ?? 0) }],
    ['birth', { birth: '1980-02-30' }],
    ['birth', { birth: '2026-11-21' }],
    ['birth', { birth: '1850-01-01' }],
    ['expires', { expires: 'tomorrow' }],
    ['expires', { expires: '1979-01-01' }],
    ['certificateExpires', { certificateExpires: '2026-02-31' }],
    ['certificateExpires', { certificateExpires: '2099-01-01' }],
    ['pin', { pin: '12345' }],
    ['pin', { pin: '１２３４' }],
    ['securityCode', { securityCode: '12' }],
    ['sex', { sex: 'x' }],
    ['family', { family: '' }],
    ['given', { given: 'a\nb' }],
    ['address', { address: 'あ'.repeat(101) }],
  ];
  for (const [field, request] of wrong) {
    await t.rejects(workshop.make(request), { code: 'input/invalid', facts: { field }, message: new RegExp(`^${field}: `) }, field);
  }
  const { authority } = workshop;
  await t.rejects(createVirtualCard({ kind: 'my-number' }, { authority, now: NOW }), { code: 'input/invalid', facts: { field: 'photo' } });
});

test('a card shows on its face what opens it', async (t) => {
  const card = await workshop.make({ birth: '1951-03-04', expires: '2031-03-04', securityCode: '0042', family: '佐藤', given: '一' });
  t.match(card.printed(), {
    name: '佐藤\u3000一',
    birth: '昭和26年3月4日',
    expires: '2031-03-04',
    securityCode: '0042',
    verificationCode: '26030420310042',
  });
  t.match(card.info(), { kind: 'my-number', pinTriesLeft: 3, codeTriesLeft: 10, expires: '2031-03-04' });
  t.equal((await workshop.make({ birth: '2019-06-01' })).printed()?.birth, '令和元年6月1日');
  t.equal((await workshop.make({ birth: '2004-02-29' })).printed()?.expires, '2035-02-28', '29 February becomes the 28th');
});

test('the reader of printed faces reads the card on the tray', async (t) => {
  let tray: VirtualCard | undefined;
  const reader = new TwinCardFaceReader(() => tray);
  await t.rejects(reader.readVerificationCode(never), { code: 'card/face-unreadable' });
  tray = await workshop.make({ kind: 'transit' });
  await t.rejects(reader.readVerificationCode(never), { code: 'card/face-unreadable' });
  tray = await workshop.make();
  const digits = await reader.readVerificationCode(never);
  t.equal(Buffer.from(digits).toString('latin1'), tray.printed()?.verificationCode);
  await t.rejects(reader.readVerificationCode(AbortSignal.abort(new Error('stop'))), /stop/);
});

test('the pictures on the face are 1-bit PNGs', async (t) => {
  const png = PNG.sync.read(Buffer.from(bitmapPng(10, 3, (x, y) => x === y)));
  t.match({ width: png.width, height: png.height }, { width: 10, height: 3 });
  t.same(
    [0, 1, 2].map((y) => [0, 1, 2].map((x) => png.data[(y * 10 + x) * 4])),
    [
      [0, 255, 255],
      [255, 0, 255],
      [255, 255, 0],
    ],
  );
  const code = PNG.sync.read(Buffer.from(digitsPng('1789')));
  t.same([code.width, code.height], [24, 12]);
  const dot = (x: number, y: number) => (code.data[(y * 24 + x) * 4] === 0 ? '#' : '.');
  const rows = Array.from({ length: 7 }, (_, y) => Array.from({ length: 24 }, (_, x) => dot(x, y + 2)).join(''));
  t.same(rows, [
    '........................',
    '..#....###...###...###..',
    '.##......#...#.#...#.#..',
    '..#......#...###...###..',
    '..#......#...#.#.....#..',
    '.###.....#...###...###..',
    '........................',
  ]);
});
