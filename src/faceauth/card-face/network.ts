// Opens the small network that reads lines of print. Its weights are our own, trained by scripts/train-card-face.py on rendered lines, and part
// of the repository.

import { readFile } from 'node:fs/promises';
import { KioskFailure } from '../../core/failure.ts';
import { type Network, openNetwork } from '../onnx.ts';

export type CardFaceNetwork = Network;

const FILE = new URL('../../../scripts/model-packs/card-face.onnx', import.meta.url);

/** Throws model/unavailable or model/corrupt. */
export const openCardFaceNetwork = async (): Promise<CardFaceNetwork> => {
  const bytes = await readFile(FILE).catch((cause: unknown) => {
    throw new KioskFailure('model/unavailable', {
      cause,
      facts: { pack: 'card-face' },
      message: `${FILE.pathname} is missing: install kazashi again`,
    });
  });
  return openNetwork('card-face', bytes);
};
