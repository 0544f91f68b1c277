// A sample of `npm run crash:uplink`: real processes killed at random moments of real visits.

import { test } from 'tap';
import { crashRun } from './uplink/crash-run.ts';
import { NO_MOSQUITTO } from './uplink/lab.ts';

test('kiosks, terminal and broker are killed again and again: nobody who saw "done" is lost or there twice', {
  skip: NO_MOSQUITTO,
}, async (t) => {
  const report = await crashRun(250, 1);
  t.comment(JSON.stringify(report));
  t.match(report, { lost: 0, doubled: 0, reordered: 0, invented: 0 });
  t.ok(report.visits >= 250);
  for (const [who, times] of Object.entries(report.kills)) t.ok(times >= 3, `${who} was killed ${times} times`);
});
