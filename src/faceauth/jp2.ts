// Decodes the chip's photo: JPEG 2000 in a JP2 container, grey or RGB.
// The codec does not throw on damaged input but answers an empty frame, and prints to stdout unless told not to: both are handled here.

import createDecoder, { type J2KDecoder, type OpenJpegModule } from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { KioskFailure } from '../core/failure.ts';
import type { Picture } from './ports.ts';

/** More than any card photo; a damaged size field must not reserve gigabytes. */
const MAX_SIDE = 2048;
const MAX_BYTES = 64 * 1024;
/** The codec takes four bytes a sample as soon as it has read the size; no photo of a card is packed closer than 40 samples to a byte. */
const MAX_SAMPLES_PER_BYTE = 160;
/** A photo of one plain colour is packed closer; up to this size it costs too little to be refused. */
const FREE_SAMPLES = 320 * 400;

/** A codec and its memory as it was before the first photo, up to the last page in use. */
interface Codec {
  readonly module: OpenJpegModule;
  readonly pristine: Uint8Array;
}

/** The codec's whole memory; another array after it has grown. */
const memoryOf = (decoder: J2KDecoder): Uint8Array => new Uint8Array(decoder.getEncodedBuffer(1).buffer);

/** A page of a WebAssembly memory, empty. */
const EMPTY_PAGE = Buffer.alloc(64 * 1024);

/** Bytes up to the end of the last page in use. Comparing costs a millisecond; writing zeros over all of it would take every page from the system. */
const usedIn = (memory: Uint8Array): number => {
  let end = memory.length;
  while (end > 0 && EMPTY_PAGE.compare(memory, end - EMPTY_PAGE.length, end) === 0) end -= EMPTY_PAGE.length;
  return end;
};

const load = async (): Promise<Codec> => {
  const module = await createDecoder({ print: () => undefined, printErr: () => undefined });
  const decoder = new module.J2KDecoder();
  const memory = memoryOf(decoder);
  decoder.delete();
  return { module, pristine: memory.slice(0, usedIn(memory)) };
};

let loading: Promise<Codec> | undefined;

/** Loads the codec ahead of the first card (60 ms otherwise paid by a patient). */
export const warmUpJp2 = async (): Promise<void> => {
  loading ??= load();
  await loading;
};

const unreadable = (reason: string, cause?: unknown) =>
  new KioskFailure('face/photo-unreadable', { facts: { reason }, message: `The chip's photo cannot be decoded (${reason}).`, cause });

/** Width, height and components of the first SIZ marker segment (ISO/IEC 15444-1 A.5.1), before anything is allocated for them. */
const declaredSize = (jp2: Uint8Array): readonly [width: number, height: number, components: number] | undefined => {
  const at = Buffer.from(jp2.buffer, jp2.byteOffset, jp2.length).indexOf(Buffer.from('ff4fff51', 'hex'));
  if (at < 0 || jp2.length < at + 42) return undefined;
  const view = new DataView(jp2.buffer, jp2.byteOffset + at + 8, 34);
  return [view.getUint32(0) - view.getUint32(8), view.getUint32(4) - view.getUint32(12), view.getUint16(32)];
};

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
  const size = declaredSize(jp2);
  if (size === undefined) throw unreadable('not JPEG 2000');
  const [width, height, components] = size;
  if ([width, height].some((side) => side < 16 || side > MAX_SIDE)) throw unreadable('size');
  if (width * height * components > Math.max(FREE_SAMPLES, MAX_SAMPLES_PER_BYTE * jp2.length)) throw unreadable('size');
  loading ??= load();
  const { module, pristine } = await loading;
  const decoder = new module.J2KDecoder();
  try {
    return readFrame(decoder, jp2);
  } catch (cause) {
    // What threw inside of the codec may have left it anyhow: the next photo gets another one.
    if (!(cause instanceof KioskFailure)) loading = undefined;
    throw cause instanceof KioskFailure ? cause : unreadable('damaged', cause);
  } finally {
    // The codec leaves copies of the photo all over its memory, which outlives it: the whole of it becomes what it was before the first photo.
    const memory = memoryOf(decoder);
    decoder.delete();
    memory.fill(0, pristine.length, usedIn(memory));
    memory.set(pristine);
  }
};
