// Silence of those who promised signs of life.

import { test } from 'tap';
import { LifeSigns } from '../../src/core/life-signs.ts';
import { handClock } from '../hand-clock.ts';

test('silence is told once, after three signs were missed, and only of those who promised', (t) => {
  const { clock, pass, timers } = handClock();
  const silent: string[] = [];
  const signs = new LifeSigns(clock, (who) => silent.push(`${who} ${clock.monotonicMs()}`));
  signs.heard('promises nothing');
  signs.heard('a', 3_000);
  signs.heard('b', 3_000);
  for (let sign = 0; sign < 5; sign += 1) {
    pass(3_000);
    signs.heard('b');
  }
  t.same(silent, ['a 9000'], 'b goes on');
  pass(8_999);
  t.same(silent, ['a 9000']);
  pass(1);
  t.same(silent, ['a 9000', 'b 24000']);
  pass(60_000);
  t.equal(silent.length, 2, 'told once');
  signs.heard('a', 1_000);
  signs.forget('a');
  signs.heard('b', 1_000);
  signs.forgetAll();
  pass(60_000);
  t.equal(silent.length, 2, 'forgotten');
  t.equal(timers(), 0, 'no timer is left behind');
  t.end();
});

test('a process that was held up itself gives the others time to be read', (t) => {
  const { clock, pass, stall } = handClock();
  const silent: string[] = [];
  const signs = new LifeSigns(clock, (who) => silent.push(who));
  signs.heard('alive', 3_000);
  signs.heard('dead', 3_000);
  stall(60_000);
  pass(0);
  t.same(silent, [], 'what they said meanwhile may lie unread in the socket');
  signs.heard('alive');
  pass(3_000);
  t.same(silent, ['dead']);
  t.end();
});
