import { test } from 'tap';
import { createWorld } from './world.ts';

test('a patient is checked in by face, told what was shared, and idle returns when the card is taken', async (t) => {
  const world = createWorld();
  await world.open();
  t.equal(world.screen, 'idle');
  await world.place();
  t.same(world.shown('choose-method').methods, ['face', 'pin', 'staff']);
  await world.press('method-face');
  t.same(world.shown('consent').questions, ['diagnosis-medication', 'checkup', 'specific-disease'], 'operations are asked apart');
  await world.press('consent-all');
  t.match(world.shown('consent-items'), { question: 'surgery', index: 0, count: 1 });
  await world.press('item-no');
  t.match(world.shown('done'), {
    checkIn: 'checked-in',
    shared: [
      { question: 'diagnosis-medication', given: true },
      { question: 'surgery', given: false },
      { question: 'checkup', given: true },
      { question: 'specific-disease', given: true },
    ],
  });
  t.same(world.card.delivered, [
    {
      visitId: 'visit-1',
      method: 'face',
      language: 'ja',
      consent: { SRJ: true, YZK: true, SHJ: false, TKK: true, TSR: true },
      certificate: 'valid',
    },
  ]);
  t.equal(world.card.closed, 1);
  await world.take();
  t.equal(world.screen, 'idle');
  t.same(world.sounds, ['card-detected', 'accepted', 'accepted']);
});
