// Threads that run networks come and go in a process whose main thread runs none. A file of its own: no network may be loaded here before.

import { test } from 'tap';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { startWorkerVerifier } from '../../src/faceauth/worker/worker-verifier.ts';

test('a face thread that ended is followed by another', async (t) => {
  for (const time of ['first', 'second']) {
    const thread = await startWorkerVerifier({}, silentLog);
    await t.rejects(thread.enrol(Buffer.from('no photo')), { code: 'face/photo-unreadable' }, `the ${time} thread works`);
    await thread.close();
  }
});

test('a photo that takes too long is an unreadable one, and its thread is ended for another to take its place', async (t) => {
  let limitMs = 0;
  const over: Clock = {
    ...systemClock,
    setTimeout: (run, delayMs) => {
      limitMs = delayMs;
      queueMicrotask(run);
      return {};
    },
    clearTimeout: () => undefined,
  };
  let lost = 0;
  const thread = await startWorkerVerifier({}, silentLog, () => void lost++, undefined, over);
  await t.rejects(thread.enrol(Buffer.from('a photo')), { code: 'face/photo-unreadable', facts: { reason: 'time' } });
  t.ok(limitMs > 0);
  t.equal(lost, 1);
  const next = await startWorkerVerifier({}, silentLog);
  await t.rejects(next.enrol(Buffer.from('no photo')), { code: 'face/photo-unreadable', facts: { reason: /^(?!time)/ } });
  await next.close();
});
