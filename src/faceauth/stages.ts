// The five networks as functions of pictures: where faces are, where their points are, who it is, whether it is alive, whether the eyes are open.
// Exact inputs come from the manifest; each stage only says which window of the picture it looks at.

import type { ModelInput } from '../../scripts/install-models.js';
import { type Point, templateToPicture } from './alignment.ts';
import type { FaceModels, LoadedModel } from './models.ts';
import type { Embedding, Picture } from './ports.ts';
import { type Box, sampleBox, samplePoints, sampleSimilarity } from './sampling.ts';

export interface DetectedFace {
  /** In picture pixels. */
  readonly box: Box;
  /** 0..1. */
  readonly score: number;
}

const run = async (model: LoadedModel<string>, data: Float32Array) => {
  const { name, width, height, colour } = model.entry.input;
  const outputs = await model.network.run(name, data, [1, colour === 'grey' ? 1 : 3, height, width]);
  data.fill(0);
  return outputs;
};

const overlap = (a: Box, b: Box): number => {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.width * a.height + b.width * b.height - w * h);
};

/** Greedy non-maximum suppression, best first. */
export const suppress = (faces: readonly DetectedFace[], limit: number): DetectedFace[] => {
  const kept: DetectedFace[] = [];
  for (const face of [...faces].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(face.box, other.box) <= limit)) kept.push(face);
  }
  return kept;
};

/** The picture padded right or bottom to the detector's shape. */
export const wholeWindow = (picture: Pick<Picture, 'width' | 'height'>, ratio: number): Box => ({
  x: 0,
  y: 0,
  width: Math.max(picture.width, picture.height * ratio),
  height: Math.max(picture.height, picture.width / ratio),
});

/** Faces in a window of the detector's shape (default: the whole picture), best first; what reaches beyond the picture is black. */
export const detectFaces = async ({ detect, manifest }: FaceModels, picture: Picture, window?: Box): Promise<DetectedFace[]> => {
  const { input, outputs } = detect.entry;
  const { x, y, width, height } = window ?? wholeWindow(picture, input.width / input.height);
  const answer = await run(detect, sampleBox(picture, { x, y, width, height }, input, 'black'));
  const scores = answer[outputs.scores] ?? new Float32Array();
  const boxes = answer[outputs.boxes] ?? new Float32Array();
  const found: DetectedFace[] = [];
  for (let i = 0; i < scores.length / 2; i++) {
    const score = scores[i * 2 + 1] as number;
    if (score < manifest.thresholds.face) continue;
    const [left, top, right, bottom] = boxes.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    found.push({
      score,
      box: { x: x + left * width, y: y + top * height, width: (right - left) * width, height: (bottom - top) * height },
    });
  }
  return suppress(found, manifest.thresholds.overlap);
};

/** The 68 points of the face in `box`, in picture pixels. */
export const findLandmarks = async ({ landmarks }: FaceModels, picture: Picture, box: Box): Promise<Point[]> => {
  const side = box.height;
  const square = { x: box.x + box.width / 2 - side / 2, y: box.y, width: side, height: side };
  const answer = await run(landmarks, sampleBox(picture, square, landmarks.entry.input));
  const flat = answer[landmarks.entry.outputs.points] ?? new Float32Array();
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    x: square.x + (flat[2 * i] as number) * side,
    y: square.y + (flat[2 * i + 1] as number) * side,
  }));
};

const middle = (points: readonly Point[], ...indexes: number[]): Point => ({
  x: indexes.reduce((sum, i) => sum + (points[i] as Point).x, 0) / indexes.length,
  y: indexes.reduce((sum, i) => sum + (points[i] as Point).y, 0) / indexes.length,
});

/** Eyes, nose tip and mouth corners out of the 68, image-left first. */
export const fivePoints = (points: readonly Point[]): readonly [Point, Point, Point, Point, Point] => [
  middle(points, 37, 38, 40, 41),
  middle(points, 43, 44, 46, 47),
  middle(points, 30),
  middle(points, 48, 60),
  middle(points, 54, 64),
];

/** Scales to unit length in place. */
export const normalise = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector) || 1;
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  return vector;
};

/** Cosine of two unit vectors. */
export const cosine = (a: Embedding, b: Embedding): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** The aligned face as the embedder's input (B, G, R planes of 112×112); whoever took it wipes it. */
export const alignFace = ({ embed }: FaceModels, picture: Picture, five: readonly Point[]): Float32Array =>
  sampleSimilarity(picture, templateToPicture(five), embed.entry.input);

/** Unit vector of 512 floats. Wipes `aligned`. */
export const embedFace = async ({ embed }: FaceModels, aligned: Float32Array): Promise<Embedding> => {
  const answer = await run(embed, aligned);
  return normalise(answer[embed.entry.outputs.embedding] ?? new Float32Array());
};

/** `box` grown about its centre by `factor`, as far as the picture allows, shifted to stay inside. */
export const grownInside = (box: Box, factor: number, { width, height }: Picture): Box => {
  const grow = Math.min(factor, (width - 1) / box.width, (height - 1) / box.height);
  const w = box.width * grow;
  const h = box.height * grow;
  const clamp = (value: number, most: number) => Math.max(0, Math.min(value, most));
  return { x: clamp(box.x - (w - box.width) / 2, width - w), y: clamp(box.y - (h - box.height) / 2, height - h), width: w, height: h };
};

/** One look is a weak signal: the face alone, with its surroundings, and with what holds it. */
export const LIVENESS_SCALES = [1, 1.5, 2.7] as const;

/** An index into LIVENESS_SCALES. */
export type LivenessScale = 0 | 1 | 2;

export const ALL_SCALES: readonly LivenessScale[] = [0, 1, 2];

/** Softmax: the probability of one class, 0..1. */
const probability = (logits: Float32Array, of: number): number => {
  const most = Math.max(...logits);
  const exps = Array.from(logits, (value) => Math.exp(value - most));
  return (exps[of] as number) / exps.reduce((sum, value) => sum + value, 0);
};

/** The network sees an eye in a square of so many of its widths. */
const EYE_WINDOW = 1.6;

/** How surely an eye is open (class 1), 0..1: of the one that is open more surely, for some people have one eye only. `points`: the face's 68. */
export const scoreEyes = async ({ eyes }: FaceModels, picture: Picture, points: readonly Point[]): Promise<number> => {
  let most = 0;
  for (const first of [36, 42]) {
    const [outer, inner] = [points[first] as Point, points[first + 3] as Point];
    const { x, y } = middle(points, first + 1, first + 2, first + 4, first + 5);
    const side = Math.max(1, EYE_WINDOW * Math.hypot(inner.x - outer.x, inner.y - outer.y));
    const answer = await run(eyes, sampleBox(picture, { x: x - side / 2, y: y - side / 2, width: side, height: side }, eyes.entry.input));
    most = Math.max(most, probability(answer[eyes.entry.outputs.logits] ?? new Float32Array(2), 1));
  }
  return most;
};

/** Probability of "live" (class 0) at one scale, 0..1. */
export interface LivenessWord {
  readonly scale: LivenessScale;
  readonly live: number;
}

/** The network's words at `scales`. A camera gives many frames: one scale in each costs a third and sees as much. */
export const scoreLiveness = async (
  { liveness }: FaceModels,
  picture: Picture,
  box: Box,
  scales: readonly LivenessScale[] = ALL_SCALES,
  crop: (picture: Picture, window: Box, input: ModelInput) => Float32Array = sampleBox,
): Promise<LivenessWord[]> => {
  const words: LivenessWord[] = [];
  for (const scale of scales) {
    const answer = await run(liveness, crop(picture, grownInside(box, LIVENESS_SCALES[scale], picture), liveness.entry.input));
    words.push({ scale, live: probability(answer[liveness.entry.outputs.logits] ?? new Float32Array(3), 0) });
  }
  return words;
};

/** All that the network can say of one picture: every scale, smoothed and unsmoothed, for it knows large faces better with their grain. */
export const scoreStillLiveness = async (models: FaceModels, picture: Picture, box: Box): Promise<LivenessWord[]> => [
  ...(await scoreLiveness(models, picture, box)),
  ...(await scoreLiveness(models, picture, box, ALL_SCALES, samplePoints)),
];
