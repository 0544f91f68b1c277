// A visit in large letters: one sentence at a time, the next a press away, every question still answered as in any other mode.

import { test } from 'tap';
import type { TwinState } from '../../src/twin/ports.ts';
import { PERSON, started } from './steps.ts';

/** What stands there to be read, without buttons and the time left. */
const read = ({ elements }: TwinState): string =>
  elements.flatMap(({ id, role, label }) => (role === 'text' && id !== 'countdown' ? [label] : [])).join('|');
const next = ({ elements }: TwinState) => elements.find(({ id }) => id === 'next-sentence');

test('each sentence of a question comes in turn, the first again after the last, and the answer counts at any of them', async (t) => {
  const appliance = await started(t);
  await appliance.press('mode-large');
  await appliance.place(PERSON);
  await appliance.press('method-pin');
  await appliance.typePin('1234');
  const first = await appliance.screen('consent');
  const count = Number(/1\/(\d)/.exec(next(first)?.label ?? '')?.[1]);
  t.ok(count > 1, 'there is more to read than the question');
  const seen = new Set([read(first)]);
  for (let turn = 2; turn <= count; turn += 1) {
    await appliance.press('next-sentence');
    seen.add(read(await appliance.until(`sentence ${turn}`, (state) => next(state)?.label.includes(`${turn}/${count}`) === true)));
  }
  t.equal(seen.size, count, 'each says something else');
  await appliance.press('next-sentence');
  t.equal(read(await appliance.until('the first again', (state) => next(state)?.label.includes(`1/${count}`) === true)), read(first));
  await appliance.press('next-sentence');
  await appliance.consent();
  const done = await appliance.screen('done');
  t.match(next(done)?.label, /1\//, 'the next screen begins at its first sentence');
  await appliance.take();
  await appliance.screen('idle');
  const [visit] = await appliance.visits();
  t.match(JSON.stringify(visit.consent), /"flag":"1"/, 'what was pressed is what arrived');
});
