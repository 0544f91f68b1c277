// The card is taken away at every step: the screen says so, and nothing is sent that was not finished.

import { test } from 'tap';
import { PERSON, STEPS, started } from './steps.ts';

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
