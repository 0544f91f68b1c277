// The JPEG 2000 codec, whose memory has a bound for each picture and becomes after it what it was before the first.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import createDecoder, { type J2KDecoder, type OpenJpegModule } from '@cornerstonejs/codec-openjpeg/decodewasmjs';

/** A page of a WebAssembly memory. */
const PAGE = 64 * 1024;
const EMPTY_PAGE = Buffer.alloc(PAGE);

/** Bytes up to the end of the last page in use. Comparing costs a millisecond; writing zeros over all of it would take every page from the system. */
const usedIn = (memory: Uint8Array): number => {
  let end = memory.length;
  while (end > 0 && EMPTY_PAGE.compare(memory, end - PAGE, end) === 0) end -= PAGE;
  return end;
};

/** The binary whose memory does not grow beyond `mostBytes()`: its allocations then fail, and with them the decoding. */
const instantiate = async (imports: WebAssembly.Imports, mostBytes: () => number): Promise<WebAssembly.Instance> => {
  const file = createRequire(import.meta.url).resolve('@cornerstonejs/codec-openjpeg/decodewasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), imports);
  for (const memory of Object.values(instance.exports)) {
    if (!(memory instanceof WebAssembly.Memory)) continue;
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      if (memory.buffer.byteLength + pages * PAGE > mostBytes()) throw new RangeError('more memory than this picture may take');
      return grow(pages);
    };
  }
  return instance;
};

export class Jp2Codec {
  readonly #module: OpenJpegModule;
  /** The memory as it was before the first picture, up to the last page in use. */
  readonly #pristine: Uint8Array;
  readonly #firstBytes: number;
  readonly #bound: { bytes: number };

  private constructor(module: OpenJpegModule, bound: { bytes: number }) {
    this.#module = module;
    this.#bound = bound;
    const decoder = new module.J2KDecoder();
    const memory = memoryOf(decoder);
    decoder.delete();
    this.#firstBytes = memory.length;
    this.#pristine = memory.slice(0, usedIn(memory));
  }

  static load(): Promise<Jp2Codec> {
    const bound = { bytes: Number.POSITIVE_INFINITY };
    return new Promise((resolve, reject) => {
      const module = createDecoder({
        print: () => undefined,
        printErr: () => undefined,
        instantiateWasm: (imports, received) => {
          instantiate(imports, () => bound.bytes).then(received, reject);
          return {};
        },
      });
      module.then((loaded) => resolve(new Jp2Codec(loaded, bound)), reject);
    });
  }

  /** Gives `use` a decoder that may take `bytes` more than an idle one. What it leaves in the memory is wiped. */
  decodeWithin<T>(bytes: number, use: (decoder: J2KDecoder) => T): T {
    this.#bound.bytes = this.#firstBytes + bytes;
    const decoder = new this.#module.J2KDecoder();
    try {
      return use(decoder);
    } finally {
      // The codec leaves copies of the picture all over its memory, which outlives it.
      const memory = memoryOf(decoder);
      decoder.delete();
      memory.fill(0, this.#pristine.length, usedIn(memory));
      memory.set(this.#pristine);
    }
  }
}

/** The codec's whole memory; another array after it has grown. */
const memoryOf = (decoder: J2KDecoder): Uint8Array => new Uint8Array(decoder.getEncodedBuffer(1).buffer);
