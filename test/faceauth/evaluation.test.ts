import { test } from 'tap';
import { readManifest } from '../../scripts/install-models.js';
import { thresholdForFar } from '../../src/faceauth/calibration.ts';
import { equalError, rocArea } from '../../src/faceauth/evaluation/rates.ts';
import { crossScores, ScoreTable } from '../../src/faceauth/evaluation/score-table.ts';
import { type EmbeddedPicture, measureVerification } from '../../src/faceauth/evaluation/verification.ts';
import { parsePairs } from '../../src/main/commands/face-eval.ts';

test('the area under the curve counts pairs in the right order, ties half', async (t) => {
  t.equal(rocArea([0.9, 0.8], [0.1, 0.2]), 1);
  t.equal(rocArea([0.1, 0.2], [0.9, 0.8]), 0);
  t.equal(rocArea([0.5], [0.5]), 0.5);
  t.equal(rocArea([0.5, 0.9], [0.5, 0.1]), 0.875);
  t.equal(rocArea([], [0.5]), undefined);
});

test('the equal error is where as many people are refused as attacks pass', async (t) => {
  t.same(equalError([0.9, 0.8, 0.7, 0.3], [0.1, 0.2, 0.4, 0.75]), { eer: 0.25, eerThreshold: 0.7 });
  t.same(equalError([0.9], [0.1]), { eer: 0, eerThreshold: 0.9 });
  t.same(equalError([], [0.1]), {});
});

test('thresholds for a false accept rate come from every pair of different people', async (t) => {
  const table = new ScoreTable();
  for (let i = 0; i < 1000; i++) table.add(i / 1000);
  t.equal(table.total, 1000);
  t.equal(table.thresholdFor(0.01).toFixed(3), '0.989', 'ten of a thousand are above');
  t.ok(table.shareFrom(table.thresholdFor(0.01)) <= 0.01);
  t.equal(table.shareFrom(0.5), 0.5);
  t.equal(new ScoreTable().shareFrom(0), 0);
  const unit = (angle: number) => [Math.cos(angle), Math.sin(angle)];
  const vectors = Float32Array.from([unit(0.1), unit(0.2), unit(1.5), [0, 0]].flat());
  const cross = crossScores(vectors, vectors, [0, 0, 1, 2], 2);
  t.equal(cross.total, 4, 'the same person and a failure to enrol are left out');
  t.ok(cross.shareFrom(0.3) === 0 && cross.shareFrom(0.1) === 1);
});

test('a verification is measured on named pairs and against all others', async (t) => {
  const at = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
  const both = (angle: number) => ({ card: at(angle), frame: at(angle) });
  const pictures = new Map<string, EmbeddedPicture>([
    ['a/1.jpg', both(0)],
    ['a/2.jpg', both(0.2)],
    ['b/1.jpg', both(1.4)],
    ['c/1.jpg', { card: undefined, frame: at(3) }],
  ]);
  const pairs = [
    { a: 'a/1.jpg', b: 'a/2.jpg', genuine: true },
    { a: 'c/1.jpg', b: 'c/1.jpg', genuine: true },
    { a: 'a/1.jpg', b: 'b/1.jpg', genuine: false },
  ];
  const result = measureVerification(pairs, pictures, 2);
  t.match(result, { pictures: 4, people: 3, pairs: { genuine: 2, impostor: 1 }, failuresToEnrol: { card: 1, frame: 0 } });
  t.equal(result.impostorPairs, 7);
  t.equal(result.rates[0]?.tar, 0.5, 'what could not be enrolled counts as refused');
});

test('a list of pairs with a wrong line is refused with its number', async (t) => {
  t.same(parsePairs('pairs.txt', 'x.jpg\ty.jpg\t1\n\nx.jpg\tz.jpg\t0\r\n'), [
    { a: 'x.jpg', b: 'y.jpg', genuine: true },
    { a: 'x.jpg', b: 'z.jpg', genuine: false },
  ]);
  for (const line of ['x.jpg y.jpg 1', 'x.jpg\ty.jpg\t2', 'x.jpg\ty.jpg'])
    t.throws(() => parsePairs('pairs.txt', `a\tb\t1\n${line}`), { code: 'input/invalid', message: /line 2/ });
  t.throws(() => parsePairs('pairs.txt', '\n'), { code: 'input/invalid' });
});

test('a false accept rate is asked for, and the pack says which cosine that is', async (t) => {
  const { calibration, thresholds } = readManifest();
  t.equal(thresholdForFar(calibration, 3.8e-6).toFixed(6), thresholds.match.toFixed(6));
  t.equal(thresholdForFar(calibration, 2.5e-5).toFixed(6), '0.450000');
  const between = thresholdForFar(calibration, 1e-5);
  t.ok(between > 0.45 && between < 0.5);
  t.ok(thresholdForFar(calibration, 1e-6) > 0.5 && thresholdForFar(calibration, 1e-3) < 0.4, 'beyond the table it goes on');
  t.throws(() => thresholdForFar([], 1e-4), RangeError);
  t.throws(() => thresholdForFar(calibration, 0), RangeError);
});
