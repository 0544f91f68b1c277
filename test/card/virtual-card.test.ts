import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { type Test, test } from 'tap';
import { identifyCard } from '../../src/card/my-number-card.ts';
import { CARD_DEFECTS, type CardDefect, slowChip } from '../../src/card/twin/defects.ts';
import { TwinCardFaceReader } from '../../src/card/twin/face-reader.ts';
import { encodeCardPhoto, JP2_SIGNATURE } from '../../src/card/twin/jp2.ts';
import { bitmapPng, digitsPng } from '../../src/card/twin/png.ts';
import { createVirtualCard, type VirtualCard } from '../../src/card/twin/virtual-card.ts';
import { serveVpcd, VpcdFrames, vpcdFrame } from '../../src/card/twin/vpcd.ts';
import { concat, equal, fromHex, hex } from '../../src/core/bytes.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { connect, NOW, never, openWorkshop, readerOf } from './fixtures/cards.ts';

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

  const { info, pixels } = await decode(photo);
  t.match(info, { width, height, componentCount: 1, bitsPerSample: 8 });
  const meanError = pixels.reduce((sum, value, i) => sum + Math.abs(value - (data[i] ?? 0)), 0) / data.length;
  t.ok(meanError < 8, `mean error ${meanError.toFixed(2)} grey levels`);
});

const decode = async (photo: Uint8Array) => {
  const factory = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/decodewasmjs') as (
    options: object,
  ) => Promise<{ J2KDecoder: new () => Decoder }>;
  const decoder = new (await factory({ print: () => undefined, printErr: () => undefined })).J2KDecoder();
  decoder.getEncodedBuffer(photo.length).set(photo);
  decoder.decode();
  try {
    return { info: decoder.getFrameInfo(), pixels: Uint8Array.from(decoder.getDecodedBuffer()) };
  } finally {
    decoder.delete();
  }
};

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
    ['signPassword', { signCertificate: true, signPassword: 'short' }],
    ['signPassword', { signCertificate: true, signPassword: 'lower1case' }],
    ['signPassword', { signCertificate: true, signPassword: 'ＡＢＣ１２３' }],
    ['signPassword', { signPassword: 'ABC123' }],
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

const reading = async (card: VirtualCard) => {
  const session = await identifyCard(connect(card));
  const summary = await session.readSummary(readerOf(card), NOW, workshop.trust, never);
  return { session, summary };
};

test('every defect shows as the one thing that is wrong, and the rest of the card works', async (t) => {
  const make = (defect: CardDefect) => workshop.makeDefective(defect);
  const seen = async (defect: CardDefect) => (await reading(await make(defect))).summary;
  t.match(await seen('locked-pin'), { certificate: { state: 'valid' }, hasPin: true, pinTriesLeft: 0, photo: 'ready' });
  t.match(await seen('locked-code'), { certificate: { state: 'valid' }, pinTriesLeft: 3, photo: 'blocked' });
  t.match(await seen('no-pin'), { certificate: { state: 'valid' }, hasPin: false, photo: 'ready' });
  t.match(await seen('expired'), { certificate: { state: 'expired' }, photo: 'ready' });
  t.match(await seen('expired-in-grace'), { certificate: { state: 'expired-in-grace' } });
  t.match(await seen('expires-soon'), { certificate: { state: 'expires-soon' } });

  t.match(await seen('truncated-file'), { certificate: { state: 'valid' }, photo: 'unreadable' });
  for (const [defect, code] of [
    ['tampered-photo', 'card/tampered'],
    ['wrong-signature', 'card/tampered'],
    ['unknown-issuer', 'card/untrusted'],
  ] as const) {
    const { session, summary } = await reading(await make(defect));
    t.equal(summary.photo, 'ready', `${defect}: the photo is there`);
    t.match((await decode(summary.photoJp2 ?? new Uint8Array())).info, { width: 240, height: 320 }, 'and a picture');
    t.equal(summary.certificate.state, defect === 'unknown-issuer' ? 'untrusted' : 'valid');
    await t.rejects(session.checkFaceSignature(), { code }, defect);
  }
  t.equal(new Set(CARD_DEFECTS).size, 18);
});

test('a slow card answers the same, later', async (t) => {
  const waits: number[] = [];
  const clock: Clock = { ...systemClock, setTimeout: (run, delayMs) => waits.push(delayMs) && queueMicrotask(run) };
  const card = await workshop.make();
  const slow = slowChip(card, clock);
  slow.powerOn();
  t.equal(slow.technology, 'iso14443-4b');
  t.equal(hex(await slow.transceive(fromHex('00a4040c0ad392f000260100000001'))), '9000');
  t.same(waits, [320], 'more than the frame waiting time of FWI 10: a request for more time must come first');
  slow.powerOff();
  await t.rejects(slow.transceive(fromHex('00a40000')), /does not answer/);
});

test('frames of the virtual reader are found however the stream is cut', (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (payloads, cuts) => {
          const stream = concat(...payloads.map(vpcdFrame));
          const frames = new VpcdFrames();
          const found: Uint8Array[] = [];
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            found.push(...frames.push(stream.subarray(at, at + cut)));
            at = Math.min(stream.length, at + cut);
          }
          return found.length === payloads.length && found.every((payload, i) => equal(payload, payloads[i] ?? new Uint8Array()));
        },
      ),
    ),
  );
  t.end();
});

/** vpcd's side of the wire: asks, and waits for the answer if there is one. */
const virtualReader = async (t: Test) => {
  const server = createServer();
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const inserted = once(server, 'connection') as Promise<[Socket]>;
  const exchange = async (request: string): Promise<string> => {
    const [socket] = await inserted;
    socket.write(vpcdFrame(fromHex(request)));
    const frames = new VpcdFrames();
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Uint8Array];
      const [answer] = frames.push(chunk);
      if (answer !== undefined) return hex(answer);
    }
  };
  const tell = async (request: string) => (await inserted)[0].write(vpcdFrame(fromHex(request)));
  return { port, exchange, tell, unplug: async () => (await inserted)[0].destroy() };
};

test('a card in the virtual reader shows its ATR, answers when powered, and forgets when it is not', async (t) => {
  const reader = await virtualReader(t);
  const session = await serveVpcd(await workshop.make(), { port: reader.port });
  t.equal(await reader.exchange('04'), '3b888001000005e0b381a1007f');
  await reader.tell('01');
  t.equal(await reader.exchange('00a4040c0ad392f000260100000001'), '9000');
  t.equal(await reader.exchange('002000980431323334'), '9000');
  await reader.tell('02');
  t.equal(await reader.exchange('00a4020c020017'), '6a82', 'nothing is selected after a reset');
  session.close();
  await session.ended;
  await session.ended;
});

test('the end of the virtual reader is an end, the death of the card a failure, and no reader is named', async (t) => {
  const first = await virtualReader(t);
  const whole = await serveVpcd(await workshop.make(), { port: first.port });
  await first.unplug();
  await whole.ended;

  const second = await virtualReader(t);
  const broken = await serveVpcd(await workshop.make({ kind: 'broken' }), { port: second.port });
  const ended = t.rejects(broken.ended, { code: 'reader/protocol' });
  await second.tell('01');
  await second.tell('00a40000');
  await ended;

  const nobody = serveVpcd(await workshop.make({ kind: 'transit' }), { port: 1 });
  await t.rejects(nobody, { code: 'reader/unavailable', facts: { port: 1 }, message: /127\.0\.0\.1:1/ });
});
