// Everything of docs/accuracy.md that pictures of people can tell, in one run of the shipped stages.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPicture, identityOf, measureVerification, type NamedPair } from '../../src/faceauth/evaluation/verification.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';
import { type EmbeddedFace, embedSet } from './embed-set.ts';
import { measureFarFaces } from './far-faces.ts';
import { measureInGroup } from './in-group.ts';
import { measureSeveralFrames } from './several-frames.ts';

/** Pictures of which far faces are made. */
const FAR_FACES = 100;
const FAR_SEED = 20_261;

/** Official pairs of the data set whose people are all in this run: every `every`th person, in the order of their names. */
export const pairsOf = (list: string, every: number): NamedPair[] => {
  const pairs = readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([a = '', b = '', is]) => ({ a, b, genuine: is === '1' }));
  const people = [...new Set(pairs.flatMap(({ a, b }) => [identityOf(a), identityOf(b)]))].sort().filter((_, i) => i % every === 0);
  const kept = new Set(people);
  return pairs.filter(({ a, b }) => kept.has(identityOf(a)) && kept.has(identityOf(b)));
};

type FarFaces = Awaited<ReturnType<typeof measureFarFaces>>;

/** What the embeddings of a set say. Pure. */
export const reportOf = (faces: readonly EmbeddedFace[], pairs: readonly NamedPair[], far: FarFaces) => {
  const verify = (side: 'chip' | 'plain') => {
    const pictures = new Map<string, EmbeddedPicture>(faces.map((face) => [face.path, { card: face[side], frame: face.frame }]));
    return measureVerification(pairs, pictures, faces.find(({ frame }) => frame)?.frame?.length ?? 512);
  };
  return { chip: verify('chip'), plain: verify('plain'), several: measureSeveralFrames(faces), group: measureInGroup(faces), far };
};

export const measureFaces = async (folder: string, every: number) => {
  const list = join(folder, 'pairs-dev.txt');
  if (!existsSync(list)) throw new Error(`${list} does not exist. Name a folder with lfw-dev/ and pairs-dev.txt by --faces.`);
  const pairs = pairsOf(list, every);
  const paths = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  const images = join(folder, 'lfw-dev');
  const models = await loadFaceModels();
  try {
    const far = await measureFarFaces(models, images, paths.filter((_, i) => i % Math.ceil(paths.length / FAR_FACES) === 0), FAR_SEED); // biome-ignore format: one call
    return reportOf(await embedSet(models, images, paths), pairs, far);
  } finally {
    await models.close();
  }
};

export type FaceReport = Awaited<ReturnType<typeof measureFaces>>;
