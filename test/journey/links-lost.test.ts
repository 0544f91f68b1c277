// The links go away at every step: the screen says so, nothing is lost, nothing is sent twice.

import { test } from 'tap';
import type { TwinState } from '../../src/twin/ports.ts';
import { PERSON, STEPS, started } from './steps.ts';

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

test('a device of the kiosk goes away and comes back', async (t) => {
  const appliance = await started(t);
  for (const [cable, code] of [
    ['reader', 'reader/unavailable'],
    ['touch', 'touch/unavailable'],
  ] as const) {
    await t.test(`the ${cable} cable at idle: out of service with its code, and back by itself`, async (t) => {
      await appliance.cables({ [cable]: 'out' });
      const told = await appliance.screen('out-of-service');
      t.equal(told.failure, code);
      await appliance.cables({ [cable]: 'in' });
      await appliance.screen('idle');
    });
    await t.test(`the ${cable} cable in a visit: its own code, not the patient’s fault`, async (t) => {
      await appliance.place(PERSON);
      await appliance.screen('choose-method');
      await appliance.cables({ [cable]: 'out' });
      const told = await appliance.until('the fault is told', (state) => state.failure !== undefined);
      t.equal(told.failure, code);
      await appliance.take();
      await appliance.cables({ [cable]: 'in' });
      await appliance.screen('idle');
      t.same(await appliance.visits(), []);
    });
  }
  await t.test('the camera cable at idle: patients still come in, and reception sees it before one asks for the face', async (t) => {
    await appliance.cables({ camera: 'out' });
    await appliance.faultsSeen('the fault', (faults) => faults.includes('camera/unavailable'));
    t.equal((await appliance.state()).screen, 'idle');
    await appliance.cables({ camera: 'in' });
    await appliance.faultsSeen('its end', (faults) => faults.length === 0);
  });
  await t.test('the camera cable: the face path says so, and works again at the same step when it is back', async (t) => {
    const offered = (id: string) => (state: TwinState) => state.elements.some((one) => one.id === id);
    await appliance.place(PERSON);
    await appliance.screen('choose-method');
    await appliance.cables({ camera: 'out' });
    const without = await appliance.until('the face is not offered', (state) => !offered('method-face')(state));
    t.match(without, { screen: 'choose-method', failure: 'camera/unavailable' });
    await appliance.cables({ camera: 'in' });
    await appliance.press('method-face');
    await appliance.screen('face');
    await appliance.cables({ camera: 'out' });
    t.equal((await appliance.screen('face-retry')).failure, 'camera/unavailable');
    await appliance.until('no other try is offered', (state) => !offered('retry')(state));
    await appliance.camera({ resident: PERSON });
    await appliance.cables({ camera: 'in' });
    await appliance.press('retry');
    await appliance.screen('consent');
    await appliance.take();
    await appliance.screen('idle');
  });
  await t.test('five taps on the name and the code open the menu, and its self-test asks the real reader', async (t) => {
    for (let i = 0; i < 5; i += 1) await appliance.press('maintenance');
    await appliance.screen('technician');
    for (const digit of '1379') await appliance.press(`key-${digit}`);
    await appliance.press('key-enter');
    await appliance.press('technician-self-test');
    const tested = await appliance.until('the reader has answered', ({ elements }) =>
      elements.some(({ id, label }) => /^fact-\d+$/.test(id) && label === 'リーダー: 応答あり'),
    );
    t.notOk(tested.failure);
    await appliance.press('back');
    await appliance.press('back');
    await appliance.screen('idle');
  });
});
