// Joining reasons to stop must leave nothing on what lives longer.

import { getEventListeners } from 'node:events';
import { test } from 'tap';
import { withSignal } from '../../src/core/with-signal.ts';

test('a job is stopped by any of its sources, with the reason of that one', async (t) => {
  const [first, second] = [new AbortController(), new AbortController()];
  const job = withSignal([first.signal, undefined, second.signal], (signal) => {
    return new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));
  });
  second.abort('enough');
  t.equal(await job, 'enough');
  t.equal(await withSignal([second.signal], async (signal) => signal.reason), 'enough', 'a source that was aborted before counts too');
});

test('a job that is over leaves no listener on its sources, however it ended', async (t) => {
  const long = new AbortController();
  await withSignal([long.signal], async (signal) => signal.addEventListener('abort', () => undefined));
  await t.rejects(withSignal([long.signal], () => Promise.reject(new Error('failed'))));
  t.equal(getEventListeners(long.signal, 'abort').length, 0);
});
