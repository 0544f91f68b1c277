// Reads kind and pixel size from the first bytes of a PNG or JPEG, before anything decodes it.
// A picture of absurd size is refused here, so that no decoder ever allocates for it.

import { badInput } from './http-errors.ts';

export interface PictureHeader {
  readonly kind: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
}

/** Above this a picture is refused: larger than any webcam, about what a good photo camera makes. */
export const MAX_PIXELS = 25_000_000;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** PNG (W3C REC-png-3, 11.2.1): IHDR is the first chunk, width and height at 16 and 20. */
const readPng = (bytes: Uint8Array): PictureHeader | undefined => {
  if (bytes.length < 24 || !PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) };
};

/** C0..CF are frame headers, but for DHT (C4), JPG (C8) and DAC (CC). */
const isFrameHeader = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers without a length: TEM, RST0..7, SOI. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** JPEG (ITU-T T.81, B.1 and B.2.2): walks the marker segments to the frame header. */
const readJpeg = (bytes: Uint8Array): PictureHeader | undefined => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker === 0xda || marker === 0xd9) return undefined;
    if (marker === 0xff) at += 1;
    else at += standsAlone(marker) ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
};

/** Undefined when the bytes are neither PNG nor JPEG. */
export const readPictureHeader = (bytes: Uint8Array): PictureHeader | undefined => readPng(bytes) ?? readJpeg(bytes);

/** Throws input/invalid naming `field` unless the bytes begin like a PNG or JPEG of sane size. */
export const checkPicture = (field: string, bytes: Uint8Array): void => {
  const header = readPictureHeader(bytes);
  if (!header) throw badInput(field, `${field}: not a JPEG or PNG picture. Send the bytes of a .jpg or .png file.`);
  const { width, height } = header;
  if (width === 0 || height === 0) throw badInput(field, `${field}: the picture has no pixels.`);
  if (width * height > MAX_PIXELS)
    throw badInput(
      field,
      `${field}: the picture is ${width} × ${height} = ${Math.round((width * height) / 1e6)} megapixels; at most ${MAX_PIXELS / 1e6} are taken. Send a smaller one.`,
    );
};
