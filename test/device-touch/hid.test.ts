// Report descriptors, decoders and presses, on bytes as devices send them.

import fc from 'fast-check';
import { test } from 'tap';
import { concat, fromHex } from '../../src/core/bytes.ts';
import { isFailure } from '../../src/core/failure.ts';
import { calibrate } from '../../src/device/touch/calibration.ts';
import { fieldValue, parseHidDescriptor, setFieldValue } from '../../src/device/touch/hid-descriptor.ts';
import { KeyboardDecoder } from '../../src/device/touch/keyboard.ts';
import { findPointer } from '../../src/device/touch/pointer-layout.ts';
import { TouchDecoder } from '../../src/device/touch/touch-decoder.ts';
import { TWIN_KEYPAD_DESCRIPTOR } from '../../src/device/touch/twin-keypad.ts';
import { TWIN_PANEL_DESCRIPTOR } from '../../src/device/touch/twin-touch-panel.ts';

const PANEL = { width: 1280, height: 800 };

const decoderFor = (descriptor: Uint8Array): TouchDecoder => {
  const pointer = findPointer(parseHidDescriptor(descriptor));
  if (pointer === undefined) throw new Error('no pointer in the descriptor');
  return new TouchDecoder(pointer, calibrate(PANEL));
};

// The report of a USB tablet as emulators offer it (HID 1.11 items; facts: absolute X and Y 0..32767 in 16 bits, buttons first, a wheel last, no report id).
const TABLET = fromHex(`
  05 01 09 02 a1 01 09 01 a1 00  05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05 81 01
  05 01 09 30 09 31 15 00 26 ff 7f 35 00 46 ff 7f 75 10 95 02 81 02  09 38 15 81 25 7f 35 00 45 00 75 08 95 01 81 06 c0 c0`);

// Three competing applications in one device: absolute mouse, single-touch digitizer (pen), touch screen with contact ids.
const THREE_IN_ONE = concat(
  fromHex(
    '05 01 09 02 a1 01 85 01 09 01 a1 00 05 09 19 01 29 01 15 00 25 01 75 01 95 01 81 02 95 07 81 03 05 01 09 30 09 31 26 ff 0f 75 10 95 02 81 02 c0 c0',
  ),
  fromHex(
    '05 0d 09 02 a1 01 85 02 09 20 a1 00 09 42 15 00 25 01 75 01 95 01 81 02 95 07 81 03 05 01 09 30 09 31 26 ff 0f 75 10 95 02 81 02 c0 c0',
  ),
  fromHex(
    '05 0d 09 04 a1 01 85 04 09 22 a1 02 09 42 15 00 25 01 75 01 95 01 81 02 95 07 81 03 09 51 25 0f 75 08 95 01 81 02 05 01 09 30 09 31 26 ff 0f 75 10 95 02 81 02 c0 05 0d 09 54 25 02 75 08 95 01 81 02 c0',
  ),
);

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

test('reports of a real descriptor never break the decoder and stay inside the panel', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }), (reports) => {
      const decoder = decoderFor(TWIN_PANEL_DESCRIPTOR);
      const down = new Set<number>();
      for (const report of reports) {
        if (report.length > 0) report[0] = 1;
        for (const event of decoder.decode(report)) {
          if (event.x < 0 || event.x >= PANEL.width || event.y < 0 || event.y >= PANEL.height) return false;
          if (event.phase === 'down' ? down.has(event.contact) : !down.has(event.contact)) return false;
          if (event.phase === 'down') down.add(event.contact);
          else if (event.phase !== 'move') down.delete(event.contact);
        }
      }
      return true;
    }),
    { numRuns: 500 },
  );
  t.pass('every contact goes down before it moves or ends');
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

test('an absolute pointer without report ids is a touch: button 1 down, moved, up', async (t) => {
  const decoder = decoderFor(TABLET);
  t.same(decoder.decode(fromHex('00 ff 3f ff 3f 00')), [], 'hovering is nothing');
  t.same(decoder.decode(fromHex('01 00 00 00 00 00')), [{ phase: 'down', contact: 0, x: 0, y: 0 }]);
  t.same(decoder.decode(fromHex('01 ff 7f ff 7f 00')), [{ phase: 'move', contact: 0, x: 1279, y: 799 }]);
  t.same(decoder.decode(fromHex('00 00 00 00 00 00')), [{ phase: 'up', contact: 0, x: 1279, y: 799 }], 'at its last place');
});

test('of three competing reports the touch screen with contact ids is read and the others are ignored', async (t) => {
  const decoder = decoderFor(THREE_IN_ONE);
  t.same(decoder.decode(fromHex('01 01 ff 0f ff 0f')), []);
  t.same(decoder.decode(fromHex('02 01 ff 0f ff 0f')), []);
  t.same(decoder.decode(fromHex('04 01 05 ff 0f ff 0f 01')), [{ phase: 'down', contact: 5, x: 1279, y: 799 }]);
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
