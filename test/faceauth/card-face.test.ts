// The reader of printed card faces: the outline in perspective, print in a typeface the network has never seen, fields told strictly, and
// nothing said that two pictures did not say surely.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, t as whole } from 'tap';
import { ascii } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLog, silentLog } from '../../src/core/log.ts';
import { installFonts } from '../../src/display/fonts.ts';
import { findFields } from '../../src/faceauth/card-face/fields.ts';
import type { Point } from '../../src/faceauth/card-face/geometry.ts';
import { openCardFaceNetwork } from '../../src/faceauth/card-face/network.ts';
import { findCard } from '../../src/faceauth/card-face/outline.ts';
import { createPictureReader } from '../../src/faceauth/card-face/picture-reader.ts';
import { DEFAULT_FLOOR, PixelCardFaceReader } from '../../src/faceauth/card-face/pixel-card-face-reader.ts';
import { readCard } from '../../src/faceauth/card-face/read-frame.ts';
import { inventCard, randomOf } from '../../src/faceauth/card-face/twin/invented-card.ts';
import { cardCorners, placeOnTray, planTray, type TrayPlan } from '../../src/faceauth/card-face/twin/tray.ts';
import { encodeJpeg } from '../../src/faceauth/pictures.ts';
import type { Camera, Picture } from '../../src/faceauth/ports.ts';
import { faceCommand } from '../../src/main/commands/face-code.ts';

const never = new AbortController().signal;
const rules = { year: 2026, floor: 0.8 };
const network = await openCardFaceNetwork();
const pictures = createPictureReader();
whole.teardown(() => pictures.close());
const clean = (more: Partial<TrayPlan> = {}): TrayPlan => {
  const { glare: _, sleeve: __, ...plan } = planTray(randomOf(4), 1280);
  return {
    ...plan,
    turn: 0,
    tiltX: 0,
    tiltY: 0,
    reversed: false,
    blur: 0.4,
    noise: 2,
    light: 0.9,
    slope: 0.1,
    shift: { x: 0, y: 0 },
    pixelsPerMm: 8.6,
    ...more,
  };
};
const card = await (async () => {
  installFonts('.tap/card-face-fonts');
  return inventCard(randomOf(10), ['BIZ UDPGothic']);
})();
const photograph = (plan: TrayPlan): Picture => placeOnTray(card.face, plan, 1280, 720);

test('the outline is found to a pixel or two however the card lies, and none where there is no card', (t) => {
  const cases: Record<string, Partial<TrayPlan>> = {
    straight: {},
    'turned 15°': { turn: 15 },
    'turned the other way and tilted': { turn: -14, tiltX: 12, tiltY: -13 },
    'on a light tray': { tray: 150, light: 1 },
    'in a dim corner': { light: 0.5, slope: 0.3, noise: 5 },
  };
  for (const [name, more] of Object.entries(cases)) {
    const plan = clean(more);
    const found = findCard(photograph(plan)) ?? [];
    const wanted = cardCorners(plan, 1280, 720);
    t.equal(found.length, 4, name);
    for (const [i, { x, y }] of found.entries()) {
      const { x: wx, y: wy } = wanted[i] as Point;
      t.ok(Math.hypot(x - wx, y - wy) < 3, `${name}: corner ${i} within 3 px`);
    }
  }
  t.equal(findCard(placeOnTray(undefined, clean(), 1280, 720)), undefined, 'an empty tray');
  t.end();
});

test('a card is read straight, turned, tilted, dim, sleeved and upside down, in a typeface the network was not trained on', async (t) => {
  const cases: Record<string, Partial<TrayPlan>> = {
    straight: {},
    'turned and tilted': { turn: 13, tiltX: -11, tiltY: 10 },
    dim: { light: 0.65, noise: 4 },
    'in a sleeve': { sleeve: 0.2 },
    'upside down': { reversed: true, turn: -6 },
  };
  for (const [name, more] of Object.entries(cases)) {
    const reading = await readCard(network, photograph(clean(more)), rules);
    t.equal(reading.outcome === 'read' ? Buffer.from(reading.code).toString() : reading.reason, card.code, name);
  }
});

test('what cannot be read is not guessed', async (t) => {
  const glare = { x: 14, y: 47, radius: 9, stretch: 2, strength: 1 };
  t.match(await readCard(network, photograph(clean({ glare })), rules), { outcome: 'not-read' }, 'a lamp mirrored over the security code');
  t.match(await readCard(network, photograph(clean({ blur: 6 })), rules), { outcome: 'not-read' }, 'out of focus');
  t.match(await readCard(network, placeOnTray(undefined, clean(), 1280, 720), rules), { outcome: 'not-read', reason: 'no-card' });
  const blank: Picture = { ...card.face, data: new Uint8Array(card.face.data.length).fill(230) };
  t.match(await readCard(network, placeOnTray(blank, clean(), 1280, 720), rules), { outcome: 'not-read' }, 'a blank card');
});

/** A line as the network would have read it, ten pixels a character; a blank is a character's width of ground. */
const line = (text: string, top: number, sureness = 0.99) => ({
  box: { left: 0, right: text.length * 10, top, bottom: top + 20 },
  characters: [...text].map((sign, i) => ({ sign, sureness, x: i * 10 + 5 })).filter(({ sign }) => sign !== ' '),
  isBlank: (from: number, to: number) => [...text].every((sign, i) => sign === ' ' || i * 10 + 9 < from || i * 10 + 1 > to),
});
const good = ['昭和55年 2月17日生', '2035年2月17日まで有効', '4827'];
const told = (lines: readonly string[], more: readonly ReturnType<typeof line>[] = [], floor = 0.8) => {
  const fields = findFields([...lines.map((text, i) => line(text, 100 + 50 * i)), ...more], { year: 2026, floor });
  return fields.outcome === 'read' ? Buffer.from(fields.code).toString() : fields.reason;
};

test('fields are told strictly', (t) => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['昭和, the era year', good, '55021720354827'],
    ['元年 is year 1', ['平成元年12月 1日生', '2034年12月1日まで有効', '0007'], '01120120340007'],
    ['令和', ['令和 7年 5月31日生', '2030年5月31日まで有効', '9999'], '07053120309999'],
    ['sex on the same line', ['昭和55年2月17日生  ?? ?', '2035年2月17日まで有効', '4827'], '55021720354827'],
    ['serial number and code in one line', [good[0] ?? '', good[1] ?? '', '12?456789012?456  4827'], '55021720354827'],
    ['a Gregorian birth date: nobody knows its code', ['1980年2月17日生', '2035年2月17日まで有効', '4827'], 'foreign-form'],
    ['no birth date', ['2035年2月17日まで有効', '4827'], 'no-birth'],
    ['two birth dates', [...good, '昭和56年2月17日生'], 'no-birth'],
    ['no expiry', ['昭和55年 2月17日生', '4827'], 'no-expiry'],
    ['certificate expiry by hand is no card expiry', ['昭和55年2月17日生', '2029年2月17日', '4827'], 'no-expiry'],
    ['no code', good.slice(0, 2), 'no-code'],
    ['five digits', [good[0] ?? '', good[1] ?? '', '48271'], 'no-code'],
    ['four digits beside another character', [good[0] ?? '', good[1] ?? '', '4827?'], 'no-code'],
    ['four digits that a missing character leaves over', [good[0] ?? '', good[1] ?? '', '12345678 0123456'], 'no-code'],
    ['two groups of four', [...good, '1234'], 'several-codes'],
    ['昭和65年 never was', ['昭和65年2月17日生', '2035年2月17日まで有効', '4827'], 'implausible'],
    ['30 February', ['昭和55年2月30日生', '2035年2月17日まで有効', '4827'], 'implausible'],
    ['born tomorrow', ['令和9年2月17日生', '2035年2月17日まで有効', '4827'], 'implausible'],
    ['expired long ago', ['昭和55年2月17日生', '2015年2月17日まで有効', '4827'], 'implausible'],
    ['valid for too long', ['昭和55年2月17日生', '2065年2月17日まで有効', '4827'], 'implausible'],
  ];
  for (const [name, lines, wanted] of cases) t.equal(told(lines), wanted, name);
  t.equal(told(good.slice(0, 2), [line('1204', 10)]), 'no-code', 'a house number above the birth date is no code');
  t.equal(told(good.slice(0, 2), [line('4827', 300, 0.7)]), 'unsure', 'one unsure digit makes all unsure');
  t.equal(told(good.slice(0, 2), [line('4827', 300, 0.7)], 0.6), '55021720354827');
  t.end();
});

/** Time is over when there are no more pictures, however slow this computer is. */
let timeIsOver = (): void => undefined;
const clock = {
  ...systemClock,
  now: () => Date.UTC(2026, 10, 1),
  setTimeout: (run: () => void) => {
    timeIsOver = run;
  },
  clearTimeout: () => undefined,
};

const cameraOf = (pictures: readonly Uint8Array[]): Camera & { running: number } => ({
  running: 0,
  start() {
    this.running++;
  },
  stop() {
    this.running--;
  },
  async nextFrame(afterSeq, signal) {
    const seq = Math.max(0, afterSeq + 1);
    if (seq < pictures.length) return { seq, at: seq, jpeg: Uint8Array.from(pictures[seq] as Uint8Array) };
    return new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      timeIsOver();
    });
  },
});
const readerOf = (camera: Camera, lines: string[] = []) =>
  new PixelCardFaceReader({
    camera,
    pictures,
    clock,
    log: createLog('debug', { write: (text) => lines.push(text) }),
    floor: 0.8,
  });

test('two pictures that agree are an answer, and the log holds numbers only', async (t) => {
  const jpegs = await Promise.all([clean(), clean({ shift: { x: 6, y: 2 } })].map((plan) => encodeJpeg(photograph(plan), 85)));
  const camera = cameraOf([await encodeJpeg(placeOnTray(undefined, clean(), 1280, 720)), ...jpegs]);
  const lines: string[] = [];
  t.strictSame(await readerOf(camera, lines).readVerificationCode(never), ascii(card.code));
  t.equal(camera.running, 0, 'the camera is off again');
  t.match(JSON.parse(lines.join('')), { event: 'card.face-read', pictures: 3, sure: 2 });
  t.notOk(lines.join('').includes(card.code) || lines.join('').includes(card.printed.securityCode));
});

test('one sure picture is not enough, two that differ are worse, and no camera is said', async (t) => {
  const jpeg = await encodeJpeg(photograph(clean()), 85);
  await t.rejects(readerOf(cameraOf([jpeg])).readVerificationCode(never), {
    code: 'card/face-unreadable',
    facts: { reason: 'one-picture-only' },
  });
  const other = await inventCard(randomOf(12), ['BIZ UDPGothic']);
  const otherJpeg = await encodeJpeg(placeOnTray(other.face, clean(), 1280, 720), 85);
  await t.rejects(readerOf(cameraOf([jpeg, otherJpeg, otherJpeg])).readVerificationCode(never), {
    code: 'card/face-unreadable',
    facts: { reason: 'pictures-differ' },
  });
  const { openCamera } = await import('../../src/faceauth/camera/open-camera.ts');
  const { configSchema } = await import('../../src/config/schema.ts');
  const none = openCamera(configSchema.parse({}).trayCamera, { clock: systemClock, log: silentLog, field: 'trayCamera' });
  await t.rejects(readerOf(none).readVerificationCode(never), { code: 'card/face-unreadable', facts: { reason: 'not-configured' } });
  const gone = new AbortController();
  gone.abort(new Error('card taken'));
  await t.rejects(readerOf(cameraOf([jpeg])).readVerificationCode(gone.signal), /card taken/);
});

test('pictures are read on a thread of their own: this one goes on meanwhile, and a damaged picture is said', async (t) => {
  const jpeg = await encodeJpeg(photograph(clean()), 85);
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const reading = await pictures.read(jpeg, rules);
  clearInterval(counting);
  t.equal(reading.outcome, 'read');
  t.ok(turns > 5, 'timers ran');
  await t.rejects(pictures.read(Uint8Array.of(1, 2, 3), rules), { code: 'input/invalid' });
  const closing = createPictureReader();
  const lost = t.rejects(closing.read(jpeg, rules), { code: 'visit/cancelled' });
  await closing.close();
  await lost;
});

test('kazashi face code counts right, wrong and not read in a folder, keeps the digits to itself, and says which line is wrong', async (t) => {
  const root = t.testdir({
    pictures: { 'damaged.jpg': 'no picture', 'notes.txt': 'left alone' },
    codes: {},
  });
  const [folder, codes] = [join(root, 'pictures'), join(root, 'codes')];
  const photo = await encodeJpeg(photograph(clean()));
  for (const name of ['right.jpg', 'wrong.jpg']) writeFileSync(join(folder, name), photo);
  writeFileSync(join(folder, 'empty.jpg'), await encodeJpeg(placeOnTray(undefined, clean(), 1280, 720)));
  const other = `${card.code.slice(0, 13)}${(Number(card.code[13]) + 1) % 10}`;
  writeFileSync(join(codes, 'codes.tsv'), `right.jpg\t${card.code}\nwrong.jpg\t${other}\n`);
  writeFileSync(join(codes, 'bad.tsv'), `right.jpg\t${card.code}\nx\t12\n`);
  const run = async (...words: string[]): Promise<string> => {
    const [out, err] = [t.capture(process.stdout, 'write', () => true), t.capture(process.stderr, 'write', () => true)];
    try {
      await faceCommand.run(['--images', folder, '--year', '2026', ...words]);
      return [...out(), ...err()].map(({ args }) => String(args[0])).join('');
    } finally {
      out.restore();
      err.restore();
    }
  };
  const json = join(codes, 'out.json');
  const told = await run('--codes', join(codes, 'codes.tsv'), '--json', json);
  const result = JSON.parse(readFileSync(json, 'utf8')) as { each: { picture: string; outcome: string }[] };
  t.match(result, { pictures: 4, accepted: 2, outcomes: { right: 1, wrong: 1, 'no-card': 1, 'no-picture': 1 }, floor: DEFAULT_FLOOR });
  t.equal(result.each.find(({ picture }) => picture === 'wrong.jpg')?.outcome, 'wrong');
  t.match(told, /accepted +2 \(50\.00 %\)/);
  t.notOk(told.includes(card.code) || readFileSync(json, 'utf8').includes(card.code));
  t.match(await run(), /read +2/, 'without the true digits it only says that something was read');
  await t.rejects(run('--codes', join(codes, 'bad.tsv')), { code: 'input/invalid', message: /line 2/ });
  await t.rejects(run('--codes', join(codes, 'none.tsv')), { code: 'input/invalid' });
});
