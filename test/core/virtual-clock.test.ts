import { test } from 'tap';
import { sleep } from '../../src/core/clock.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';

test('virtual time jumps to the next timer, in order, and stands still otherwise', async (t) => {
  const clock = new VirtualClock(1000);
  const order: string[] = [];
  const nap = async (name: string, ms: number) => {
    await sleep(clock, ms);
    order.push(`${name} at ${clock.monotonicMs()}`);
  };
  await clock.run(Promise.all([nap('late', 3_600_000), nap('early', 0.25), nap('same', 0.25)]));
  t.same(order, ['early at 0.25', 'same at 0.25', 'late at 3600000']);
  t.equal(clock.now(), 3_601_000);
  const stop = new AbortController();
  const stopped = sleep(clock, 1000, stop.signal);
  stop.abort(new Error('stopped'));
  await t.rejects(clock.run(stopped), new Error('stopped'));
  t.equal(clock.monotonicMs(), 3_600_000, 'a cleared timer is no time');
  await t.rejects(clock.run(Promise.reject(new Error('failed'))), new Error('failed'));
});
