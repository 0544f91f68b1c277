// Report descriptors, decoders and presses, on bytes as devices send them.

import fc from 'fast-check';
import { test } from 'tap';
import { fromHex } from '../../src/core/bytes.ts';
import { isFailure } from '../../src/core/failure.ts';
import { calibrate } from '../../src/device/touch/calibration.ts';
import { fieldValue, parseHidDescriptor, setFieldValue } from '../../src/device/touch/hid-descriptor.ts';
import { KeyboardDecoder } from '../../src/device/touch/keyboard.ts';
import { findPointer } from '../../src/device/touch/pointer-layout.ts';
import { TouchDecoder } from '../../src/device/touch/touch-decoder.ts';
import { TWIN_KEYPAD_DESCRIPTOR } from '../../src/device/touch/twin-keypad.ts';
import { TWIN_PANEL_DESCRIPTOR } from '../../src/device/touch/twin-touch-panel.ts';
import * as real from './descriptors.ts';

const PANEL = { width: 1280, height: 800 };

const decoderFor = (descriptor: Uint8Array): TouchDecoder => {
  const pointer = findPointer(parseHidDescriptor(descriptor));
  if (pointer === undefined) throw new Error('no pointer in the descriptor');
  return new TouchDecoder(pointer, calibrate(PANEL));
};

test('a descriptor with push, pop and extended usages gives the same fields as the plain one', async (t) => {
  const plain = parseHidDescriptor(
    fromHex('05 0d 09 04 a1 01 15 00 25 01 75 01 95 01 09 42 81 02 95 07 81 03 05 01 09 30 26 ff 0f 75 10 95 01 81 02 c0'),
  );
  const fancy = parseHidDescriptor(
    fromHex('05 0d 09 04 a1 01 15 00 25 01 75 01 95 01 09 42 81 02 95 07 81 03 a4 26 ff 0f 75 10 95 01 0b 30 00 01 00 81 02 b4 c0'),
  );
  t.same(fancy.fields, plain.fields);
  t.equal(plain.fields[1]?.bitOffset, 8, 'padding takes room');
});

test('a broken descriptor is refused with a sentence', async (t) => {
  for (const [name, bytes] of [
    ['cut short', '05 01 26 ff'],
    ['pop without push', 'b4'],
    ['collection', 'c0'],
    ['report id', '85 00'],
    ['longer', '75 20 97 ff ff ff 7f 81 02'],
  ] as const) {
    t.throws(() => parseHidDescriptor(fromHex(bytes)), { code: 'touch/unavailable', message: new RegExp(name) });
  }
});

test('no bytes make the parser or the decoders hang or fail otherwise than by refusing', async (t) => {
  const item = fc.oneof(
    fc.constantFrom(0x05, 0x09, 0xa1, 0xc0, 0x15, 0x25, 0x26, 0x75, 0x95, 0x81, 0x85, 0xa4, 0xb4, 0x19, 0x29),
    fc.nat(255),
  );
  fc.assert(
    fc.property(fc.array(item, { maxLength: 120 }), fc.uint8Array({ maxLength: 40 }), (bytes, report) => {
      try {
        const layout = parseHidDescriptor(Uint8Array.from(bytes));
        const pointer = findPointer(layout);
        if (pointer !== undefined) new TouchDecoder(pointer, calibrate(PANEL)).decode(report);
        new KeyboardDecoder(layout).decode(report);
      } catch (error) {
        if (!isFailure(error, 'touch/unavailable')) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  t.pass('3000 descriptors');
});

const SOLD: readonly (readonly [Uint8Array, number])[] = [
  [TWIN_PANEL_DESCRIPTOR, 1],
  [real.qemuTablet(5), 0],
  [real.EGALAX_7224, 4],
  [real.ELO_0022, 1],
  [real.ELAN_9360, 1],
  [real.FT3X27, 1],
  [real.WACOM_2452, 0x0c],
  [real.MICROSOFT_HYBRID, 1],
  [real.PEN_10000, 3],
];

test('reports of any real descriptor never break the decoder and stay inside the panel', async (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...SOLD), fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 12 }), ([descriptor, id], reports) => {
      const decoder = decoderFor(descriptor);
      const down = new Set<number>();
      for (const report of reports) {
        if (report.length > 0) report[0] = id;
        for (const event of decoder.decode(report)) {
          if (event.x < 0 || event.x >= PANEL.width || event.y < 0 || event.y >= PANEL.height) return false;
          if (event.phase === 'down' ? down.has(event.contact) : !down.has(event.contact)) return false;
          if (event.phase === 'down') down.add(event.contact);
          else if (event.phase !== 'move') down.delete(event.contact);
        }
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass('every contact goes down before it moves or ends');
});

test('a real descriptor with a byte changed, left out or put in is read or refused, and nothing else', async (t) => {
  const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('change', 'leave out', 'put in') });
  fc.assert(
    fc.property(fc.constantFrom(...SOLD), damage, fc.uint8Array({ maxLength: 30 }), ([descriptor], { at, byte, kind }, report) => {
      const bytes = [...descriptor];
      bytes.splice(at % bytes.length, kind === 'put in' ? 0 : 1, ...(kind === 'leave out' ? [] : [byte]));
      try {
        const pointer = findPointer(parseHidDescriptor(Uint8Array.from(bytes)));
        if (pointer !== undefined) new TouchDecoder(pointer, calibrate(PANEL)).decode(report);
      } catch (error) {
        if (!isFailure(error, 'touch/unavailable')) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  t.pass('3000 damaged descriptors');
});

test('a field written into a report is read back', async (t) => {
  const [signed] = parseHidDescriptor(fromHex('05 01 09 30 16 00 f8 26 ff 07 75 0c 95 01 81 02')).fields;
  if (signed === undefined) return t.fail('no field');
  fc.assert(
    fc.property(fc.integer({ min: -2048, max: 2047 }), (value) => {
      const body = new Uint8Array(2);
      setFieldValue(signed, body, value);
      return fieldValue(signed, body) === value;
    }),
  );
  return t.equal(fieldValue(signed, new Uint8Array(1)), undefined, 'a report that is too short has no value');
});

for (const buttons of [3, 5] as const)
  test(`the usb-tablet of QEMU with ${buttons} buttons is a touch: button 1 down, moved, up`, async (t) => {
    const decoder = decoderFor(real.qemuTablet(buttons));
    t.same(decoder.decode(fromHex('00 ff 3f ff 3f 00')), [], 'hovering is nothing');
    t.same(decoder.decode(fromHex('02 ff 3f ff 3f 00')), [], 'nor is button 2');
    t.same(decoder.decode(fromHex('01 00 00 00 00 00')), [{ phase: 'down', contact: 0, x: 0, y: 0 }]);
    t.same(decoder.decode(fromHex('01 ff 7f ff 7f 00')), [{ phase: 'move', contact: 0, x: 1279, y: 799 }]);
    t.same(decoder.decode(fromHex('00 00 00 00 00 00')), [{ phase: 'up', contact: 0, x: 1279, y: 799 }], 'at its last place');
  });

test("of eGalax' three competing reports the one with contact ids is read, wherever it stands in the descriptor", async (t) => {
  for (const descriptor of [real.EGALAX_7224, real.EGALAX_REORDERED]) {
    const decoder = decoderFor(descriptor);
    t.same(decoder.decode(fromHex('01 01 ff 0f ff 0f')), [], 'the mouse');
    t.same(decoder.decode(fromHex('02 03 ff 0f ff 0f')), [], 'the stylus');
    // Tip, in range, contact id 5 in five bits, confidence; X and Y of 15 bits.
    t.same(decoder.decode(fromHex('04 97 ff 7f ff 7f')), [{ phase: 'down', contact: 5, x: 1279, y: 799 }]);
    t.same(decoder.decode(fromHex('04 96 00 00 00 00')), [{ phase: 'up', contact: 5, x: 1279, y: 799 }]);
  }
});

test('Elo: padding inside a finger, a second finger without a usage of its own, and a mouse beside them', async (t) => {
  const decoder = decoderFor(real.ELO_0022);
  t.same(decoder.decode(fromHex('54 01 ff 0f ff 0f 00 00')), [], 'the mouse is left alone');
  t.same(decoder.decode(fromHex('01 03 02 ff 0f 00 00 03 07 00 00 ff 0f 02')), [
    { phase: 'down', contact: 2, x: 1279, y: 0 },
    { phase: 'down', contact: 7, x: 0, y: 799 },
  ]);
  t.same(decoder.decode(fromHex('01 00 02 00 00 00 00 03 07 00 00 ff 0f 02')), [{ phase: 'up', contact: 2, x: 1279, y: 0 }]);
});

test('ELAN: a finger that brings its position twice is one finger, where it touches', async (t) => {
  const decoder = decoderFor(real.ELAN_9360);
  // Tip and contact id 3; width, height; X, its middle; Y, its middle.
  const finger = (flags: string, x: string, y: string) => `${flags} 20 20 ${x} 10 00 ${y} 10 00`;
  const nobody = finger('00', '00 00', '00 00');
  t.same(decoder.decode(fromHex(`01 ${finger('0d', '20 0d', '50 07')} ${nobody} 01`)), [{ phase: 'down', contact: 3, x: 1279, y: 799 }]);
  t.same(decoder.decode(fromHex(`01 ${finger('0c', '00 00', '00 00')} ${nobody} 01`)), [{ phase: 'up', contact: 3, x: 1279, y: 799 }]);
});

test('FT3x27: seven fingers come in two reports of five, the second with contact count 0', async (t) => {
  const decoder = decoderFor(real.FT3X27);
  const finger = (contact: number, tip = 1) => `${((contact << 2) | tip).toString(16).padStart(2, '0')} 58 02 00 04`;
  const five = [0, 1, 2, 3, 4].map((contact) => finger(contact)).join(' ');
  const rest = `${finger(5)} ${finger(6)} ${'00 00 00 00 00 '.repeat(3)}`;
  t.same(
    decoder.decode(fromHex(`01 ${five} 07`)).map(({ contact }) => contact),
    [0, 1, 2, 3, 4],
  );
  t.same(decoder.decode(fromHex(`01 ${rest} 00`)), [
    { phase: 'down', contact: 5, x: 1279, y: 799 },
    { phase: 'down', contact: 6, x: 1279, y: 799 },
  ]); // biome-ignore format: one frame
  const lifted = decoder.decode(fromHex(`01 ${finger(0)} ${'00 00 00 00 00 '.repeat(4)} 01`));
  t.same(lifted.map(({ phase, contact }) => `${phase} ${contact}`), ['up 1', 'up 2', 'up 3', 'up 4', 'up 5', 'up 6']); // biome-ignore format: one line
});

test('Wacom: the count stands before the fingers, ids have 16 bits, a palm is told by its confidence', async (t) => {
  const decoder = decoderFor(real.WACOM_2452);
  // Tip and, in the third bit, confidence; id; X to 17568; Y to 9882; width; height.
  const finger = (flags: string) => `${flags} 34 12 a0 44 9a 26 05 05`;
  const nobody = '00 00 00 00 00 00 00 00 00';
  t.same(decoder.decode(fromHex(`0c 00 01 ${finger('01')} ${nobody}`)), [], 'a palm');
  t.same(decoder.decode(fromHex(`0c 00 01 ${finger('05')} ${nobody}`)), [{ phase: 'down', contact: 0x1234, x: 1279, y: 799 }]);
  t.same(decoder.decode(fromHex(`0c 00 01 ${finger('01')} ${nobody}`)), [{ phase: 'cancel', contact: 0x1234, x: 1279, y: 799 }]);
});

test("Microsoft's single finger hybrid mode: two fingers are two reports of one frame", async (t) => {
  const decoder = decoderFor(real.MICROSOFT_HYBRID);
  const report = (contact: string, tip: string, count: string) => fromHex(`01 ${tip} ${contact} ff 0f 00 00 ff 0f 00 00 10 27 ${count}`);
  t.same(decoder.decode(report('01', '01', '02')), [{ phase: 'down', contact: 1, x: 1279, y: 799 }]);
  t.same(decoder.decode(report('02', '01', '00')), [{ phase: 'down', contact: 2, x: 1279, y: 799 }]);
  t.same(decoder.decode(report('01', '01', '01')), [{ phase: 'up', contact: 2, x: 1279, y: 799 }], 'a frame that leaves it out lifts it');
});

test('a pen without contact id and without report id is a touch', async (t) => {
  const decoder = decoderFor(real.PEN_10000);
  t.same(decoder.decode(fromHex('02 00 00 00 00')), [], 'in range is no touch');
  t.same(decoder.decode(fromHex('03 10 27 10 27')), [{ phase: 'down', contact: 0, x: 1279, y: 799 }]);
  t.same(decoder.decode(fromHex('02 00 00 00 00')), [{ phase: 'up', contact: 0, x: 1279, y: 799 }]);
});

test('a frame of four fingers comes in two reports, the second with contact count 0', async (t) => {
  const decoder = decoderFor(TWIN_PANEL_DESCRIPTOR);
  const finger = (contact: number) => `03 0${contact} 00 0${contact} 00 0${contact}`;
  t.equal(decoder.decode(fromHex(`01 ${finger(1)} ${finger(2)} 04`)).length, 2);
  t.same(
    decoder.decode(fromHex(`01 ${finger(3)} ${finger(4)} 00`)).map((event) => event.contact),
    [3, 4],
  );
  const lifted = decoder.decode(fromHex(`01 ${finger(1)} 00 00 00 00 00 00 01`));
  t.same(
    lifted.map((event) => [event.phase, event.contact]),
    [
      ['up', 2],
      ['up', 3],
      ['up', 4],
    ],
    'a frame without them lifts them',
  );
});

test('a palm is dropped and cancels the contact it was', async (t) => {
  const decoder = decoderFor(TWIN_PANEL_DESCRIPTOR);
  const one = (flags: string) => fromHex(`01 ${flags} 07 00 10 00 10 00 00 00 00 00 00 01`);
  t.same(decoder.decode(one('01')), [], 'tip without confidence');
  t.equal(decoder.decode(one('03'))[0]?.phase, 'down');
  t.equal(decoder.decode(one('01'))[0]?.phase, 'cancel');
});

test('calibration maps the measured corners to the panel corners, and rotation turns them', async (t) => {
  const corners = [
    { x: 0.1, y: 0.05 },
    { x: 0.9, y: 0.1 },
    { x: 0.95, y: 0.9 },
    { x: 0.05, y: 0.95 },
  ] as const;
  const map = calibrate(PANEL, { corners });
  t.same(corners.map(map), [
    { x: 0, y: 0 },
    { x: 1279, y: 0 },
    { x: 1279, y: 799 },
    { x: 0, y: 799 },
  ]);
  t.same(calibrate(PANEL, { rotation: 90 })({ x: 0, y: 0 }), { x: 1279, y: 0 });
  t.same(calibrate(PANEL, { rotation: 180 })({ x: 0, y: 0 }), { x: 1279, y: 799 });
  t.same(calibrate(PANEL, { rotation: 270 })({ x: 0, y: 0 }), { x: 0, y: 799 });
  const point = { x: 0.5, y: 0.5 };
  t.throws(() => calibrate(PANEL, { corners: [point, point, point, point] }), { code: 'config/invalid' });
});

test('a boot keyboard gives a key once per press, both digit rows, and nothing when it lost count', async (t) => {
  const decoder = new KeyboardDecoder(parseHidDescriptor(TWIN_KEYPAD_DESCRIPTOR));
  const keys = (usages: string) => decoder.decode(fromHex(`00 00 ${usages}`));
  t.same(keys('59 00 00 00 00 00'), ['1']);
  t.same(keys('59 5a 00 00 00 00'), ['2'], 'held keys are not repeated');
  t.same(keys('01 01 01 01 01 01'), [], 'roll over');
  t.same(keys('00 00 00 00 00 00'), []);
  t.same(keys('27 58 2a 29 57 56'), ['0', 'enter', 'backspace', 'escape', 'plus', 'minus']);
  t.same(keys('04 00 00 00 00 00'), [], 'a letter is no key of ours');
});
