// Decodes the chip's photo: JPEG 2000 in a JP2 container, grey or RGB.
// The codec does not throw on damaged input but answers an empty frame, and prints to stdout unless told not to: both are handled here.

import type { J2KDecoder } from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { KioskFailure } from '../core/failure.ts';
import { Jp2Codec } from './jp2-codec.ts';
import { codestreamOf, promisedSize } from './jp2-codestream.ts';
import { promisedPackets } from './jp2-packets.ts';
import type { Picture } from './ports.ts';

/** More than any card photo; a damaged size field must not reserve gigabytes. */
const MAX_SIDE = 2048;
const MAX_BYTES = 64 * 1024;
/** The codec takes four bytes a sample as soon as it has read the size; no photo of a card is packed closer than 40 samples to a byte. */
const MAX_SAMPLES_PER_BYTE = 160;
/** A photo of one plain colour is packed closer; up to this size it costs too little to be refused. */
const FREE_SAMPLES = 320 * 400;

/** A card's photo is one tile; the codec takes ten kilobytes for each. */
const MAX_TILES = 16;
/** Ten layers in six resolutions of three components are 180. The codec looks for every one, and words three kilobytes of warning for each that is not there. */
const MAX_PACKETS = 256;
/** What decoding may take beside the codec's own memory, which holds any honest photo of a card: by its size, and for one of a few hundred bytes. */
const BYTES_PER_BYTE = 1024;
const FREE_BYTES = 4 * 1024 * 1024;

let loading: Promise<Jp2Codec> | undefined;

/** Loads the codec ahead of the first card (60 ms otherwise paid by a patient). */
export const warmUpJp2 = async (): Promise<void> => {
  loading ??= Jp2Codec.load();
  await loading;
};

const unreadable = (reason: string, cause?: unknown) =>
  new KioskFailure('face/photo-unreadable', { facts: { reason }, message: `The chip's photo cannot be decoded (${reason}).`, cause });

const readFrame = (decoder: J2KDecoder, jp2: Uint8Array): Picture => {
  decoder.getEncodedBuffer(jp2.length).set(jp2);
  decoder.decode();
  const { width, height, componentCount, bitsPerSample, isSigned } = decoder.getFrameInfo();
  if (width === 0 || height === 0) throw unreadable('damaged');
  if (bitsPerSample !== 8 || isSigned || (componentCount !== 1 && componentCount !== 3)) throw unreadable('pixel format');
  const decoded = decoder.getDecodedBuffer();
  if (decoded.length !== width * height * componentCount) throw unreadable('truncated');
  const data = Uint8Array.from(decoded);
  decoded.fill(0);
  return { width, height, channels: componentCount, data };
};

/** Pixels of a JP2 photo. Throws KioskFailure face/photo-unreadable with facts {reason}. */
export const decodeJp2 = async (jp2: Uint8Array): Promise<Picture> => {
  if (jp2.length === 0 || jp2.length > MAX_BYTES) throw unreadable('length');
  const codestream = codestreamOf(jp2);
  const promised = codestream === undefined ? undefined : promisedSize(codestream);
  if (codestream === undefined || promised === undefined) throw unreadable('not JPEG 2000');
  const { width, height, components, tiles } = promised;
  if ([width, height].some((side) => side < 16 || side > MAX_SIDE) || tiles > MAX_TILES) throw unreadable('size');
  if (width * height * components > Math.max(FREE_SAMPLES, MAX_SAMPLES_PER_BYTE * jp2.length)) throw unreadable('size');
  const packets = promisedPackets(codestream, promised);
  if (packets === undefined || packets > MAX_PACKETS) throw unreadable('coding style');
  loading ??= Jp2Codec.load();
  const codec = await loading;
  try {
    // Only the codestream that was measured: what else the file holds is not shown to the codec.
    return codec.decodeWithin(Math.max(FREE_BYTES, BYTES_PER_BYTE * jp2.length), (decoder) => readFrame(decoder, codestream));
  } catch (cause) {
    if (cause instanceof KioskFailure) throw cause;
    // What threw inside of the codec may have left it anyhow: the next photo gets another one.
    loading = undefined;
    throw unreadable('damaged', cause);
  }
};
