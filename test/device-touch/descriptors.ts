// Report descriptors of devices that are sold, typed in from public facts; each names where its bytes or its layout are published.

import { concat, fromHex } from '../../src/core/bytes.ts';

/**
 * QEMU's usb-tablet. The table of `hw/usb/dev-hid.c` and hw/usb's change "usb-tablet: 5 buttons" (qemu-devel, 2025): an application mouse with 3 or 5 buttons, X and Y of
 * 16 bits up to 32767, a relative wheel; no report id.
 */
export const qemuTablet = (buttons: 3 | 5): Uint8Array =>
  concat(
    fromHex('05 01 09 02 a1 01 09 01 a1 00 05 09 19 01'),
    Uint8Array.of(0x29, buttons, 0x15, 0, 0x25, 1, 0x95, buttons, 0x75, 1, 0x81, 2, 0x95, 1, 0x75, 8 - buttons, 0x81, 1),
    fromHex('05 01 09 30 09 31 15 00 26 ff 7f 35 00 46 ff 7f 75 10 95 02 81 02'),
    fromHex('05 01 09 38 15 81 25 7f 35 00 45 00 75 08 95 01 81 06 c0 c0'),
  );

const EGALAX_FINGER = fromHex(`
  05 0d 09 04 a1 01 85 04 09 22 a1 00 09 42 15 00 25 01 75 01 95 01 81 02 09 32 15 00 25 01 81 02
  09 51 75 05 95 01 16 00 00 26 10 00 81 02 09 47 75 01 95 01 15 00 25 01 81 02
  05 01 09 30 75 10 95 01 55 0d 65 33 35 00 46 34 49 26 ff 7f 81 02 09 31 75 10 95 01 55 0d 65 33 35 00 46 37 29 26 ff 7f 81 02
  05 0d 09 55 25 08 75 08 95 01 b1 02 c0 c0`);
const EGALAX_POINTER = fromHex(`
  05 01 09 01 a1 01 85 01 09 01 a1 00 05 09 19 01 29 02 15 00 25 01 95 02 75 01 81 02 95 01 75 06 81 01
  05 01 09 30 09 31 16 00 00 26 ff 0f 36 00 00 46 ff 0f 66 00 00 75 10 95 02 81 02 c0 c0`);
const EGALAX_VENDOR = fromHex(
  '06 00 ff 09 01 a1 01 09 01 15 00 26 ff 00 85 03 75 08 95 3f 81 02 06 00 ff 09 01 15 00 26 ff 00 75 08 95 3f 91 02 c0',
);
const EGALAX_STYLUS = fromHex(`
  05 0d 09 04 a1 01 85 02 09 20 a1 00 09 42 09 32 15 00 25 01 95 02 75 01 81 02 95 06 75 01 81 03
  05 01 09 30 75 10 95 01 a4 55 0d 65 33 36 00 00 46 34 49 16 00 00 26 ff 0f 81 02
  09 31 16 00 00 26 ff 0f 36 00 00 46 37 29 81 02 b4 c0 c0`);
const DEVICE_MODE = fromHex('05 0d 09 0e a1 01 85 05 09 22 a1 00 09 52 09 53 15 00 25 0a 75 08 95 02 b1 02 c0 c0');

/**
 * eGalax capacitive, USB 0eef:7224: three competing reports (4 finger with contact id and confidence, 1 absolute pointer, 2 stylus) beside a
 * vendor's own. Published as rdesc of `TestEgalax_capacitive_0eef_7224` in the kernel's tools/testing/selftests/hid/tests/test_multitouch.py.
 */
export const EGALAX_7224: Uint8Array = concat(EGALAX_FINGER, EGALAX_POINTER, EGALAX_VENDOR, EGALAX_STYLUS, DEVICE_MODE);

/** The same in another order: which report is read must not depend on where it stands. */
export const EGALAX_REORDERED: Uint8Array = concat(EGALAX_POINTER, EGALAX_STYLUS, EGALAX_VENDOR, EGALAX_FINGER, DEVICE_MODE);

/**
 * Elo TouchSystems, USB 04e7:0022: six bits of padding before the contact id, a second finger whose collection has no usage, contact count
 * with a maximum of 16, and a mouse (report 0x54) with 16-bit positions. rdesc of `TestElo_touchsystems_04e7_0022`, same file.
 */
export const ELO_0022: Uint8Array = fromHex(`
  05 0d 09 04 a1 01 85 01 09 22 a1 02 09 42 15 00 25 01 75 01 95 01 81 02 09 32 81 02 95 06 81 03 75 08 09 51 95 01 81 02
  05 01 26 ff 0f 75 10 55 0e 65 33 09 30 35 00 46 ff 0f 81 02 46 ff 0f 09 31 81 02 c0
  a1 02 05 0d 09 42 15 00 25 01 75 01 95 01 81 02 09 32 81 02 95 06 81 03 75 08 09 51 95 01 81 02
  05 01 26 ff 0f 75 10 55 00 65 00 09 30 35 00 46 ff 0f 81 02 46 ff 0f 09 31 81 02 c0
  05 0d 09 54 25 10 95 01 75 08 81 02 85 08 09 55 25 02 b1 02 c0
  09 0e a1 01 85 07 09 22 a1 00 09 52 09 53 15 00 25 0a 75 08 95 02 b1 02 c0 06 00 ff 09 55 85 80 15 00 26 ff 00 75 08 95 01 b1 82 c0
  05 01 09 02 a1 01 85 54 09 01 a1 00 05 09 19 01 29 02 15 00 25 01 75 01 95 02 81 02 95 06 81 03
  05 01 09 30 15 00 26 ff 0f 75 10 95 01 81 02 09 31 75 10 95 01 81 02
  09 3b 16 00 00 26 00 01 36 00 00 46 00 01 66 00 00 75 10 95 01 81 62 c0 c0`);

const ELAN_FINGER = fromHex(`
  05 0d 09 22 a1 02 05 0d 09 42 15 00 25 01 75 01 95 01 81 02 75 01 81 03 75 06 09 51 25 3f 81 02
  26 ff 00 75 08 09 48 81 02 09 49 81 02 95 01 05 01 a4 26 20 0d 75 10 55 0f 65 11 09 30 35 00 46 26 01 95 02 81 02
  26 50 07 46 a6 00 09 31 81 02 b4 c0`);

/**
 * ELAN of the Dell XPS 9360: width and height before the position, push and pop around it, and X and Y each twice (where the finger touches,
 * and its middle: Windows precision devices, "X" with report count 2). First two of its fingers; `TestElanXPS9360`, same file.
 */
export const ELAN_9360: Uint8Array = concat(
  fromHex('05 0d 09 04 a1 01 85 01'),
  ELAN_FINGER,
  ELAN_FINGER,
  fromHex('05 0d 09 54 15 00 25 0a 75 08 95 01 81 02 c0'),
);

const FT_FINGER = fromHex(`
  05 0d 09 22 a1 02 09 42 15 00 25 01 75 01 95 01 81 02 81 03 09 51 25 3f 75 06 81 02
  05 01 26 58 02 75 10 09 30 81 02 26 00 04 09 31 81 02 c0`);

/**
 * FocalTech FT3x27 as Fuchsia's hid library lays its report out (`ft3x27_touch_t`): id 1, five fingers of tip, one bit of padding, six bits of
 * contact id, X up to 600 and Y up to 1024; then the contact count, "zero for reports for fingers 6-10". Items written from that layout.
 */
export const FT3X27: Uint8Array = concat(
  fromHex('05 0d 09 04 a1 01 85 01'),
  ...Array.from({ length: 5 }, () => FT_FINGER),
  fromHex('05 0d 09 54 15 00 25 0a 75 08 95 01 81 02 c0'),
);

const WACOM_FINGER = fromHex(`
  05 0d 09 22 a1 02 05 0d 95 01 75 01 25 01 09 42 81 02 81 03 09 47 81 02 95 05 81 03 09 51 26 ff 00 75 10 95 01 81 02
  35 00 65 11 55 0e 05 01 09 30 26 a0 44 46 96 14 81 42 09 31 26 9a 26 46 95 0b 81 42
  05 0d 75 08 95 01 15 00 09 48 26 5f 00 46 7c 14 81 02 09 49 25 35 46 7d 0b 81 02 45 00 65 00 55 00 c0`);

/**
 * Wacom DTH-2452: a byte of padding first, the contact count before the fingers, contact ids of 16 bits, positions with a null state (0x42).
 * First two of its fingers; `TestDTH2452Tablet` in test_wacom_generic.py of the same directory.
 */
export const WACOM_2452: Uint8Array = concat(
  fromHex('05 0d 09 04 a1 01 85 0c 95 01 75 08 15 00 26 ff 00 81 03 09 54 81 02'),
  WACOM_FINGER,
  WACOM_FINGER,
  fromHex('c0'),
);

const MICROSOFT_FINGER = fromHex(`
  05 0d 09 22 a1 02 09 42 15 00 25 01 75 01 95 01 81 02 95 07 81 03 75 08 09 51 95 01 81 02
  05 01 26 ff 0f 75 10 55 0e 65 13 09 30 35 00 46 b5 04 95 02 81 02 46 8a 03 09 31 81 02 c0`);

/**
 * "Single Finger Hybrid Mode Report Descriptor" of Microsoft's touchscreen guidelines (learn.microsoft.com, windows-hardware/design/
 * component-guidelines), the mode its I²C touchscreens must have: a frame of several contacts comes in as many reports.
 */
export const MICROSOFT_HYBRID: Uint8Array = concat(
  fromHex('05 0d 09 04 a1 01 85 01'),
  MICROSOFT_FINGER,
  fromHex(
    '05 0d 55 0c 66 01 10 47 ff ff 00 00 27 ff ff 00 00 75 10 95 01 09 56 81 02 09 54 25 7f 95 01 75 08 81 02 85 02 09 55 25 0a b1 02 c0',
  ),
);

/** The pen sample of the USB forum's descriptor tool, as microcontroller touch screens carry it: tip and range, no contact id, no report id, X and Y up to 10000. */
export const PEN_10000: Uint8Array = fromHex(`
  05 0d 09 02 a1 01 09 20 a1 00 09 42 09 32 15 00 25 01 75 01 95 02 81 02 75 01 95 06 81 01
  05 01 09 01 a1 00 09 30 09 31 15 00 26 10 27 35 00 46 10 27 65 00 75 10 95 02 81 02 c0 c0 c0`);
