// The face match of a running kiosk: its loading keeps nobody waiting for long.

import { test } from 'tap';
import { configSchema } from '../../src/config/schema.ts';
import { silentLog } from '../../src/core/log.ts';
import type { WorkerVerifier } from '../../src/faceauth/worker/worker-verifier.ts';
import { createFaceService } from '../../src/main/face-service.ts';
import { handClock } from '../hand-clock.ts';

const VERIFIER = { close: async () => undefined } as unknown as WorkerVerifier;

const serviceOf = () => {
  const hand = handClock();
  const begun: { readonly ready: (verifier: WorkerVerifier) => void; readonly fail: (cause: Error) => void }[] = [];
  const faces = createFaceService({
    config: configSchema.parse({}).face,
    log: silentLog,
    clock: hand.clock,
    startVerifier: () => new Promise((ready, fail) => begun.push({ ready, fail })),
  });
  return { ...hand, faces, begun };
};

test('models that load in time are waited for', async (t) => {
  const { faces, begun, timers } = serviceOf();
  const prepared = faces.prepare();
  t.throws(() => faces.verifier(), { code: 'model/unavailable' });
  begun[0]?.ready(VERIFIER);
  await prepared;
  t.equal(faces.verifier(), VERIFIER);
  t.equal(timers(), 0);
});

test('models that load slowly keep no kiosk from its patients, and serve as soon as they are there', async (t) => {
  const { faces, begun, pass } = serviceOf();
  const first = faces.prepare();
  pass(45_000);
  await first;
  t.throws(() => faces.verifier(), { code: 'model/unavailable' }, 'patients have their PIN meanwhile');
  const second = faces.prepare();
  t.equal(begun.length, 1, 'one loading');
  begun[0]?.ready(VERIFIER);
  await second;
  t.equal(faces.verifier(), VERIFIER);
});

test('models that cannot be loaded are tried again at the next self-test', async (t) => {
  const { faces, begun } = serviceOf();
  const first = faces.prepare();
  begun[0]?.fail(new Error('damaged'));
  await first;
  t.throws(() => faces.verifier(), { code: 'model/unavailable' });
  const second = faces.prepare();
  t.equal(begun.length, 2);
  begun[1]?.ready(VERIFIER);
  await second;
  t.equal(faces.verifier(), VERIFIER);
});
