// The JPEG 2000 codestream inside of a JP2 container, and what its header promises, read before anything is allocated for it.

/** Signature box (ISO/IEC 15444-1 I.5.1), with which a JP2 file begins. */
const SIGNATURE = Buffer.from('0000000c6a5020200d0a870a', 'hex');
/** Start of codestream and, as the next marker segment, the image's size (A.4.1, A.5.1). */
const SOC_SIZ = Buffer.from('ff4fff51', 'hex');
const CODESTREAM = 'jp2c';
/** Marker, length and fields of SIZ up to its first component. */
const SIZ_BYTES = 42;

export interface PromisedSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly tiles: number;
  /** The image's place on the reference grid (B.2). */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);

/** The contents of the first codestream box; of a bare codestream, itself. undefined: there is none where the boxes (I.4) lead. */
export const codestreamOf = (file: Uint8Array): Uint8Array | undefined => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (startsWith(bytes, SOC_SIZ)) return bytes;
  if (!startsWith(bytes, SIGNATURE)) return undefined;
  for (let at = SIGNATURE.length; at + 16 <= bytes.length; ) {
    const declared = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const head = declared === 1 ? 16 : 8;
    const length = declared === 0 ? bytes.length - at : declared === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : declared;
    if (length < head) return undefined;
    if (type === CODESTREAM) {
      const contents = bytes.subarray(at + head, at + length);
      return startsWith(contents, SOC_SIZ) ? contents : undefined;
    }
    at += length;
  }
  return undefined;
};

/** undefined: the header is cut off, or has tiles without a size. */
export const promisedSize = (codestream: Uint8Array): PromisedSize | undefined => {
  if (codestream.length < SIZ_BYTES) return undefined;
  const view = new DataView(codestream.buffer, codestream.byteOffset + 8, SIZ_BYTES - 8);
  const [right, bottom, left, top, tileWidth, tileHeight, tilesLeft, tilesTop] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(4 * i),
  ) as [number, number, number, number, number, number, number, number];
  if (tileWidth === 0 || tileHeight === 0) return undefined;
  const tiles = Math.ceil((right - tilesLeft) / tileWidth) * Math.ceil((bottom - tilesTop) / tileHeight);
  return { width: right - left, height: bottom - top, components: view.getUint16(32), tiles, left, top, right, bottom };
};
