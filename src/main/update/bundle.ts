// An update as one file: the manifest's line, its signature's line, then root image, kernel and initrd, one after another. The root image is a
// squashfs, packed already: packing it again would save nothing. Everything is streamed, a chunk at a time.

import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { digest, type Manifest, openManifest, PART_NAMES, type Part, type PartName, refuseBundle, signLine } from './manifest.ts';

export const CHUNK_BYTES = 1024 * 1024;
/** 4 GB of root image in chunks of 1 MiB need 300 kB. */
const MAX_HEAD_BYTES = 2 * 1024 * 1024;

export interface Bundle {
  readonly manifest: Manifest;
  /** The part's chunks in order, each checked. Throws input/invalid at the first that is damaged or missing. */
  chunks(name: PartName): AsyncGenerator<{ readonly offset: number; readonly bytes: Uint8Array }>;
  close(): Promise<void>;
}

const readAt = async (handle: FileHandle, position: number, length: number): Promise<Uint8Array> => {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
};

/** Opens a bundle that one of the keys signed and that is as long as it says. Throws input/invalid naming the file and why. */
export const openBundle = async (file: string, keys: readonly KeyObject[]): Promise<Bundle> => {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw refuseBundle(file, `cannot be read (${cause.code ?? 'unknown'})`);
  });
  try {
    const head = await readAt(handle, 0, MAX_HEAD_BYTES);
    const first = head.indexOf(0x0a);
    const second = head.indexOf(0x0a, first + 1);
    if (first <= 0 || second < 0 || head[0] !== 0x7b) throw refuseBundle(file, 'is no update of kazashi');
    const signature = Buffer.from(head.subarray(first + 1, second)).toString('latin1');
    const manifest = openManifest(head.subarray(0, first), signature, keys, file);
    const start = second + 1;
    const places = new Map<PartName, { part: Part; at: number }>();
    let at = start;
    for (const part of manifest.parts) {
      places.set(part.name, { part, at });
      at += part.size;
    }
    const { size } = await handle.stat();
    if (size !== at) throw refuseBundle(file, `is ${size < at ? 'cut off' : 'longer than it says'}: ${size} bytes instead of ${at}`);
    return {
      manifest,
      async *chunks(name) {
        const place = places.get(name);
        if (place === undefined) return;
        for (const [i, wanted] of place.part.chunks.entries()) {
          const offset = i * manifest.chunkBytes;
          const bytes = await readAt(handle, place.at + offset, Math.min(manifest.chunkBytes, place.part.size - offset));
          if (digest(bytes) !== wanted) throw refuseBundle(file, `is damaged in its ${name}, at byte ${place.at + offset}; copy it again`);
          yield { offset, bytes };
        }
      },
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
};

const describe = async (name: PartName, file: string, chunkBytes: number): Promise<Part> => {
  const handle = await open(file, 'r');
  try {
    const whole = createHash('sha256');
    const chunks: string[] = [];
    let size = 0;
    for (;;) {
      const bytes = await readAt(handle, size, chunkBytes);
      if (bytes.length === 0) break;
      whole.update(bytes);
      chunks.push(digest(bytes));
      size += bytes.length;
    }
    return { name, size, sha256: whole.digest('hex'), chunks };
  } finally {
    await handle.close();
  }
};

export type BundleAbout = Pick<Manifest, 'version' | 'architecture' | 'madeAt' | 'dataSchema' | 'minimumDataSchema'>;

/** Writes a bundle. Throws what the disk throws. */
export const makeBundle = async (
  to: string,
  about: BundleAbout,
  files: Readonly<Record<PartName, string>>,
  key: KeyObject,
  chunkBytes = CHUNK_BYTES,
): Promise<Manifest> => {
  const parts: Part[] = [];
  for (const name of PART_NAMES) parts.push(await describe(name, files[name], chunkBytes));
  const manifest: Manifest = { kind: 'kazashi-update', v: 1, ...about, chunkBytes, parts };
  const line = Buffer.from(JSON.stringify(manifest));
  const output = await open(to, 'w');
  try {
    await output.writeFile(Buffer.concat([line, Buffer.from(`\n${signLine(line, key)}\n`)]));
    for (const { name, size } of parts) {
      const input = await open(files[name], 'r');
      try {
        for (let at = 0; at < size; at += chunkBytes) await output.writeFile(await readAt(input, at, Math.min(chunkBytes, size - at)));
      } finally {
        await input.close();
      }
    }
    await output.sync();
  } finally {
    await output.close();
  }
  return manifest;
};
