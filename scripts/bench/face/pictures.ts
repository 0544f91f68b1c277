// What every engine of the face bench is shown: pairs of a data set, or the drawn residents. The same bytes for each; nothing is written to a disk.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Picture } from '../../../src/faceauth/ports.ts';
import { built } from '../built.ts';

export interface FaceSet {
  readonly about: string;
  readonly paths: readonly string[];
  /** Card and frame of one person each. Empty: nothing can be said about accuracy. */
  readonly pairs: readonly (readonly [card: string, frame: string])[];
  /** `card`: the chip's photo decoded (grey, 240×320); `photo`: the same as JPEG 2000; `jpeg`: a frame of 640×480 from the camera. */
  read(path: string): Promise<{ readonly card: Picture; readonly photo: Uint8Array; readonly jpeg: Uint8Array }>;
}

const pictures = await built<typeof import('../../../src/faceauth/pictures.ts')>('faceauth/pictures');
const { encodeCardPhoto } = await built<typeof import('../../../src/card/twin/jp2.ts')>('card/twin/jp2');
const { decodeJp2 } = await built<typeof import('../../../src/faceauth/jp2.ts')>('faceauth/jp2');
const { stagePerson } = await built<typeof import('../../../src/faceauth/camera/staging.ts')>('faceauth/camera/staging');

const shown = async (portrait: Picture, scene: Picture) => {
  const photo = await encodeCardPhoto(await pictures.toCardPhoto(portrait));
  return { card: await decodeJp2(photo), photo, jpeg: await pictures.encodeJpeg(scene) };
};

/** `wanted` genuine pairs, spread evenly over the list. */
export const readSet = async (folder: string, wanted: number): Promise<FaceSet> => {
  const genuine = readFileSync(join(folder, 'pairs-dev.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string, string])
    .filter(([, , same]) => same === '1');
  const many = Math.min(wanted, genuine.length);
  const pairs = Array.from({ length: many }, (_, i) => genuine[Math.floor((i * genuine.length) / many)] as [string, string, string]).map(
    ([card, frame]) => [card, frame] as const,
  );
  const paths = [...new Set(pairs.flat())];
  return {
    about: `${pairs.length} genuine pairs of ${paths.length} pictures and every pair of different people among them; card side: grey JPEG 2000 of 240×320; frames of 640×480`,
    paths,
    pairs,
    read: async (path) => {
      const picture = await pictures.decodePicture(readFileSync(join(folder, 'lfw-dev', path)));
      return shown(picture, await stagePerson(picture));
    },
  };
};

/** The drawn residents of the simulated appliance: enough to measure times on. */
export const drawnSet = async (): Promise<FaceSet> => {
  const { residentPortrait, residents } = await built<typeof import('../../../src/twin/residents.ts')>('twin/residents');
  return {
    about: 'drawn people: times only (--faces DIR for accuracy)',
    paths: residents().map(({ id }) => id),
    pairs: [],
    read: async (id) =>
      shown(
        await pictures.renderSvg(residentPortrait(id, 'card'), 480, 640),
        await pictures.renderSvg(residentPortrait(id, 'camera'), 640, 480),
      ),
  };
};

/** Frames of somebody who sways a little. */
export const swaying = async (jpeg: Uint8Array, count: number): Promise<Uint8Array[]> => {
  const still = await pictures.decodePicture(jpeg);
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const phase = (i / count) * 2 * Math.PI;
      return pictures.encodeJpeg(pictures.overlay(still, still, Math.round(8 * Math.sin(phase)), Math.round(3 * Math.sin(2 * phase))));
    }),
  );
};
