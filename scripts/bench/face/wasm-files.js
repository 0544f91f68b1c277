// What tfjs asks a browser for, given from the disk: its WebAssembly build has no file reader of its own in Node.

import { readFile } from 'node:fs/promises';

/** Answers fetch of file: addresses; everything else goes on as before. */
export const serveFiles = () => {
  const before = globalThis.fetch;
  globalThis.fetch = async (resource, options) => {
    const address = String(resource?.url ?? resource);
    return address.startsWith('file:') ? new Response(await readFile(new URL(address))) : before(resource, options);
  };
};

/** A picture (channels 1 or 3) as height × width × 3, or with a first dimension of 1. */
export const toTensor = (tf, { width, height, channels, data }, batched) => {
  const rgb = channels === 3 ? data : Uint8Array.from({ length: data.length * 3 }, (_, i) => data[(i / 3) | 0]);
  return batched ? tf.tensor4d(rgb, [1, height, width, 3], 'int32') : tf.tensor3d(rgb, [height, width, 3], 'int32');
};
