// Photos for virtual cards: grey pixels to JPEG 2000 (ISO/IEC 15444-1) in a JP2 container. The encoder gives a bare codestream; the boxes around
// it (annex I) are written here. Decoding is the face matcher's business.

import type { Codec } from '@cornerstonejs/codec-openjpeg/wasmjs';
import { ascii, concat, fromHex } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';

/** The first box of every JP2 file (annex I.5.1). */
export const JP2_SIGNATURE = fromHex('0000000c 6a502020 0d0a870a');

/** Pixels row by row, 8 bits each. */
export interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

let codec: Promise<Codec> | undefined;
const loadCodec = (): Promise<Codec> => {
  // Loaded on first use: only who makes cards pays for it. Without print functions the codec writes to standard output.
  codec ??= import('@cornerstonejs/codec-openjpeg/wasmjs').then(({ default: factory }) =>
    factory({ print: () => undefined, printErr: () => undefined }),
  );
  return codec;
};

/** A JP2 file of about `targetBytes` (default 6 kB, as planned for the card). Throws input/invalid with facts {field: 'photo'}. */
export const encodeCardPhoto = async (pixels: GreyPixels, targetBytes = 6000): Promise<Uint8Array> => {
  const { width, height, data } = pixels;
  const sizeFits = [width, height].every((side) => Number.isInteger(side) && side >= 32 && side <= 2048);
  if (!sizeFits || data.length !== width * height) {
    throw new KioskFailure('input/invalid', {
      facts: { field: 'photo' },
      message: 'photo: sides of 32 to 2048 pixels and one grey byte per pixel are needed (a card photo has about 240 x 320)',
    });
  }
  const { J2KEncoder } = await loadCodec();
  const encoder = new J2KEncoder();
  try {
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: 1, isSigned: false }).set(data);
    encoder.setImageOffset({ x: 0, y: 0 });
    encoder.setQuality(false, 1);
    encoder.setCompressionRatio(0, Math.max(1, data.length / targetBytes));
    encoder.encode();
    return jp2File(width, height, Uint8Array.from(encoder.getEncodedBuffer()));
  } finally {
    encoder.delete();
  }
};

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
const box = (type: string, ...content: readonly Uint8Array[]): Uint8Array => {
  const body = concat(...content);
  return concat(u32(body.length + 8), ascii(type), body);
};

/** Greyscale (enumerated colour space 17), one component of 8 bits, compression type 7 (annex I.5.3). */
const jp2File = (width: number, height: number, codestream: Uint8Array): Uint8Array =>
  concat(
    JP2_SIGNATURE,
    box('ftyp', ascii('jp2 '), u32(0), ascii('jp2 ')),
    box('jp2h', box('ihdr', u32(height), u32(width), Uint8Array.of(0, 1, 7, 7, 0, 0)), box('colr', Uint8Array.of(1, 0, 0), u32(17))),
    box('jp2c', codestream),
  );
