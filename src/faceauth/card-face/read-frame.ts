// One picture of the tray to the fields of the card's face: outline, flattening, lines, characters, fields. Every picture on the way is zeroed.

import type { Network } from '../onnx.ts';
import { decodePicture } from '../pictures.ts';
import type { Picture } from '../ports.ts';
import { charactersOf, type ReadLine } from './characters.ts';
import { type Fields, findFields, type NotRead } from './fields.ts';
import { findLines, LINE_HEIGHT, lineImage } from './lines.ts';
import { findCard } from './outline.ts';
import { inkOf, rectify, reverse } from './rectify.ts';

export type FrameReading =
  | Exclude<Fields, { outcome: 'not-read' }>
  | { readonly outcome: 'not-read'; readonly reason: NotRead | 'no-card'; readonly sureness: number };

export interface FrameRules {
  /** The present Gregorian year. */
  readonly year: number;
  /** Every digit must be at least so sure, 0 … 1. */
  readonly floor: number;
}

/** Characters of every line on a flattened card. */
export const readLines = async (network: Network, flat: Picture): Promise<ReadLine[]> => {
  const ink = inkOf(flat);
  const lines: ReadLine[] = [];
  try {
    for (const box of findLines(ink)) {
      const image = lineImage(ink, box);
      const { logits } = await network.run('line', image.data, [1, 1, LINE_HEIGHT, image.width]);
      lines.push(charactersOf(image, logits as Float32Array));
      image.data.fill(0);
      logits?.fill(0);
    }
    return lines;
  } finally {
    ink.data.fill(0);
  }
};

/** How far a reading got: the better of two ways round counts. */
const rank = (reading: FrameReading): number => (reading.outcome === 'read' ? 3 : reading.reason === 'no-birth' ? 0 : 1);

/** Reads a card in a grey picture, either way round. Does not touch the picture. */
export const readCard = async (network: Network, picture: Picture, rules: FrameRules): Promise<FrameReading> => {
  const corners = findCard(picture);
  const flat = corners === undefined ? undefined : rectify(picture, corners);
  if (flat === undefined) return { outcome: 'not-read', reason: 'no-card', sureness: 0 };
  try {
    const first: FrameReading = findFields(await readLines(network, flat), rules);
    if (rank(first) > 0) return first;
    const second: FrameReading = findFields(await readLines(network, reverse(flat)), rules);
    return rank(second) > rank(first) ? second : first;
  } finally {
    flat.data.fill(0);
  }
};

/** The grey of a picture, in memory of its own. */
export const greyOf = ({ width, height, channels, data }: Picture): Picture => {
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels) {
    grey[i] =
      channels === 1
        ? (data[at] as number)
        : ((data[at] as number) * 77 + (data[at + 1] as number) * 151 + (data[at + 2] as number) * 28) >> 8;
  }
  return { width, height, channels: 1, data: grey };
};

/** Reads a JPEG or PNG. Throws input/invalid for what is no picture. */
export const readPicture = async (network: Network, bytes: Uint8Array, rules: FrameRules): Promise<FrameReading> => {
  const picture = await decodePicture(bytes);
  const grey = greyOf(picture);
  picture.data.fill(0);
  try {
    return await readCard(network, grey, rules);
  } finally {
    grey.data.fill(0);
  }
};
