// A card photo of any size, for benches and their tests.

import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { ascii, concat } from '../../src/core/bytes.ts';

/** A photo of 240 × 320 in exactly so many bytes: a `free` box (ISO/IEC 15444-1, annex I) fills what the encoder left. */
export const photoOf = async (bytes: number): Promise<Uint8Array> => {
  const data = Uint8Array.from(
    { length: 240 * 320 },
    (_, i) => 128 + 60 * Math.sin((i % 240) / 9) * Math.cos(i / 240 / 13) + ((i * 7919) % 29),
  );
  for (let target = bytes - 100; target > 256; target -= 64) {
    const photo = await encodeCardPhoto({ width: 240, height: 320, data }, target);
    const left = bytes - photo.length;
    if (left >= 8) return concat(photo, Uint8Array.of(0, 0, left >> 8, left & 0xff), ascii('free'), new Uint8Array(left - 8));
  }
  throw new Error('no photo is as small as that');
};
