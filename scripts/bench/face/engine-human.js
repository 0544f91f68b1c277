// @vladmandic/human with the modules its own face identification example switches on; iris, emotion and gestures, which cost time and decide nothing, are off.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serveFiles, toTensor } from './wasm-files.js';

const OFF = { enabled: false };
const ON = { enabled: true };

export const open = async (folder) => {
  serveFiles();
  const require = createRequire(join(folder, 'package.json'));
  const own = join(folder, 'node_modules', '@vladmandic', 'human');
  // The package's exports name its native build only; its WebAssembly build lies beside it.
  const { Human } = require(join(own, 'dist', 'human.node-wasm.js'));
  const face = {
    enabled: true, detector: { rotation: true }, mesh: ON, iris: OFF, emotion: OFF, description: ON, antispoof: ON, liveness: ON,
  }; // biome-ignore format: one list
  const human = new Human({
    backend: 'wasm',
    wasmPath: `${join(folder, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist')}/`,
    modelBasePath: pathToFileURL(`${join(own, 'models')}/`).href,
    // Every frame is looked at anew: a result kept from the frame before would be measured as if it were made.
    cacheSensitivity: 0,
    filter: OFF, face, body: OFF, hand: OFF, object: OFF, gesture: OFF, segmentation: OFF,
  }); // biome-ignore format: one list
  await human.load();
  await human.warmup();
  const detect = async (picture, part) => {
    const input = toTensor(human.tf, picture, true);
    const { face: found } = await human.detect(input, { face: { ...face, ...part } });
    input.dispose();
    // The largest face, as a kiosk would choose.
    return [...found].sort((a, b) => b.box[3] - a.box[3])[0];
  };
  const vector = (found) => (found?.embedding?.length > 0 ? Float32Array.from(found.embedding) : undefined);
  const recognise = async (picture) => vector(await detect(picture, { antispoof: OFF, liveness: OFF }));
  return {
    backend: `tfjs ${human.tf.getBackend()} ${human.tf.version.tfjs}, SIMD, 1 thread`,
    card: recognise,
    locate: async (picture) => (await detect(picture, { mesh: OFF, description: OFF, antispoof: OFF, liveness: OFF })) !== undefined,
    recognise,
    judge: async (picture) => {
      const found = await detect(picture, {});
      const embedding = vector(found);
      return embedding === undefined ? undefined : { embedding, live: Math.min(found.real ?? 0, found.live ?? 0) };
    },
  };
};
