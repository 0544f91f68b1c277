// The card is pulled and the links go away at every step: the screen says so, nothing is lost, nothing is sent twice.

import { type Test, test } from 'tap';
import { Appliance } from './appliance.ts';

const PERSON = 'sato-haruka';

/** Every step a patient stands at, and how to get there with the card on the tray. */
const STEPS: readonly (readonly [string, (appliance: Appliance) => Promise<unknown>])[] = [
  ['choose-method', (appliance) => appliance.screen('choose-method')],
  [
    'face',
    (appliance) =>
      appliance
        .camera({ kind: 'dark' })
        .then(() => appliance.api('DELETE', '/api/camera'))
        .then(() => appliance.press('method-face'))
        .then(() => appliance.screen('face')),
  ],
  ['pin', (appliance) => appliance.press('method-pin').then(() => appliance.screen('pin'))],
  ['staff-check', (appliance) => appliance.press('method-staff').then(() => appliance.screen('staff-check'))],
  [
    'consent',
    (appliance) =>
      appliance
        .press('method-pin')
        .then(() => appliance.typePin('1234'))
        .then(() => appliance.screen('consent')),
  ],
  [
    'consent-items',
    async (appliance) => {
      await appliance.press('method-pin');
      await appliance.typePin('1234');
      await appliance.press('consent-choose');
      await appliance.screen('consent-items');
    },
  ],
];

const started = async (t: Test): Promise<Appliance> => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');
  return appliance;
};

test('the card is pulled', async (t) => {
  const appliance = await started(t);
  for (const [step, reach] of STEPS) {
    await t.test(`at ${step}: told, and idle again with nothing sent`, async (t) => {
      await appliance.place(PERSON);
      await reach(appliance);
      await appliance.take();
      await appliance.until('card/removed', (state) => state.failure === 'card/removed');
      const idle = await appliance.screen('idle');
      t.equal(idle.visit, undefined);
      t.same(await appliance.visits(), []);
    });
  }
  await t.test('while it is read: told, and idle again', async (t) => {
    await appliance.place(PERSON);
    await appliance.screen('reading-card', 'choose-method');
    await appliance.take();
    await appliance.screen('idle');
    t.same(await appliance.visits(), []);
  });
  await t.test('after the result is on its way: it arrives once', async (t) => {
    await appliance.place(PERSON);
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.screen('consent');
    await appliance.press('consent-none');
    await appliance.screen('consent-items', 'sending', 'done');
    await appliance.consent();
    await appliance.take();
    await appliance.screen('idle');
    t.equal((await appliance.visits()).length, 1);
  });
});

test('the terminal goes away and comes back', async (t) => {
  const appliance = await started(t);
  await t.test('while idle: initialising until it is there again', async (t) => {
    await appliance.cables({ terminal: 'out' });
    const waiting = await appliance.screen('initialising');
    t.equal(waiting.uplink.terminal, 'lost');
    await appliance.cables({ terminal: 'in' });
    await appliance.screen('idle');
  });
  for (const [step, reach] of STEPS) {
    await t.test(`at ${step}: the screen says so, and the visit goes on when it is back`, async (t) => {
      await appliance.place(PERSON);
      await reach(appliance);
      await appliance.cables({ broker: 'out' });
      await appliance.until(
        'the loss is told',
        (state) => state.failure === 'uplink/broker-lost' || state.failure === 'uplink/terminal-lost',
      );
      await appliance.cables({ broker: 'in' });
      const back = await appliance.until('the link', (state) => state.uplink.terminal === 'ready');
      t.notOk(back.screen === 'idle', 'the card still lies there');
      await appliance.take();
      await appliance.screen('idle');
      t.same(await appliance.visits(), []);
    });
  }
  await t.test('while sending: the result is kept, the patient is told, and it arrives exactly once', async (t) => {
    await appliance.place(PERSON);
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.screen('consent');
    await appliance.cables({ terminal: 'out' });
    await appliance.consent();
    const done = await appliance.screen('done');
    t.equal(done.uplink.backlog, 1, 'kept');
    await appliance.take();
    await appliance.screen('initialising');
    await appliance.cables({ terminal: 'in' });
    await appliance.until('delivered', (state) => state.screen === 'idle' && state.uplink.backlog === 0);
    t.equal((await appliance.visits()).length, 1);
  });
});
