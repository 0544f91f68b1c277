// @vladmandic/face-api: its default detector (SSD MobileNet v1) or its fast one, 68 landmarks, the dlib ResNet's descriptor. It has no anti-spoofing.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveFiles, toTensor } from './wasm-files.js';

export const open = async (folder, detector) => {
  serveFiles();
  const require = createRequire(join(folder, 'package.json'));
  const { setThreadsCount, setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${join(folder, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist')}/`);
  setThreadsCount(1);
  const api = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const model = join(folder, 'node_modules', '@vladmandic', 'face-api', 'model');
  const tiny = detector === 'tiny';
  for (const net of [tiny ? 'tinyFaceDetector' : 'ssdMobilenetv1', 'faceLandmark68Net', 'faceRecognitionNet'])
    await api.nets[net].loadFromDisk(model);
  const options = tiny ? new api.TinyFaceDetectorOptions() : new api.SsdMobilenetv1Options({ minConfidence: 0.5 });
  const withTensor = async (picture, work) => {
    const input = toTensor(api.tf, picture, false);
    const result = await work(input);
    input.dispose();
    return result;
  };
  const recognise = (picture) =>
    withTensor(picture, async (input) => (await api.detectSingleFace(input, options).withFaceLandmarks().withFaceDescriptor())?.descriptor);
  return {
    backend: `tfjs ${api.tf.getBackend()} ${api.tf.version_core ?? ''}, SIMD, 1 thread`.replace(' ,', ','),
    card: recognise,
    locate: async (picture) => (await withTensor(picture, (input) => api.detectSingleFace(input, options))) !== undefined,
    recognise,
    judge: async (picture) => {
      const embedding = await recognise(picture);
      return embedding === undefined ? undefined : { embedding };
    },
  };
};
