// Threads that run networks come and go in a process whose main thread runs none. A file of its own: no network may be loaded here before.

import { test } from 'tap';
import { silentLog } from '../../src/core/log.ts';
import { startWorkerVerifier } from '../../src/faceauth/worker/worker-verifier.ts';

test('a face thread that ended is followed by another', async (t) => {
  for (const time of ['first', 'second']) {
    const thread = await startWorkerVerifier({}, silentLog);
    await t.rejects(thread.enrol(Buffer.from('no photo')), { code: 'face/photo-unreadable' }, `the ${time} thread works`);
    await thread.close();
  }
});
