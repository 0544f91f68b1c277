// Turns a JPEG picture without decoding it: an Exif segment in front says how it stands (Exif 2.32, tag 0112), and the decoder turns it.

import { concat } from '../../core/bytes.ts';

/** Clockwise degrees by which the camera's picture must be turned to stand upright. */
export type Rotation = 0 | 90 | 180 | 270;

const ORIENTATION: Readonly<Record<Exclude<Rotation, 0>, number>> = { 90: 6, 180: 3, 270: 8 };

const exifSegment = (orientation: number): Uint8Array =>
  Uint8Array.of(
    ...[0xff, 0xe1, 0x00, 0x22],
    ...[0x45, 0x78, 0x69, 0x66, 0x00, 0x00], // "Exif"
    ...[0x4d, 0x4d, 0x00, 0x2a, 0x00, 0x00, 0x00, 0x08], // TIFF, big-endian, first directory at 8
    ...[0x00, 0x01], // one entry: orientation, one SHORT
    ...[0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, orientation, 0x00, 0x00],
    ...[0x00, 0x00, 0x00, 0x00], // no directory more
  );

/** The same picture with the turn noted, before any Exif data of its own. Expects JPEG bytes. */
export const turned = (jpeg: Uint8Array, rotation: Rotation): Uint8Array =>
  rotation === 0 ? jpeg : concat(jpeg.subarray(0, 2), exifSegment(ORIENTATION[rotation]), jpeg.subarray(2));
