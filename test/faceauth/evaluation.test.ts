import { test } from 'tap';
import { equalError, rocArea } from '../../src/faceauth/evaluation/rates.ts';

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
