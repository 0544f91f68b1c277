// Whole visits on the built program: real bytes to the card, the real models on pixels, a real broker, the terminal in its own process.

import { test } from 'tap';
import { Appliance } from './appliance.ts';

const PERSON = 'sato-haruka';
const OTHER = 'suzuki-kenji';

test('visits from the first start to the card taken', async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());

  await t.test('the reader initialises with a countdown until the terminal is there, then asks for a card', async (t) => {
    const idle = await appliance.screen('idle');
    t.match(idle.elements.map((one) => one.label).join('\n'), /マイナンバーカード/);
    t.same(idle.uplink, { broker: 'connected', terminal: 'ready', backlog: 0 });
    t.equal(idle.visit, undefined);
  });

  await t.test('a patient is recognised by face, consents, and is at the terminal before the card is taken', async (t) => {
    await appliance.camera({ resident: PERSON });
    await appliance.place(PERSON);
    await appliance.screen('choose-method');
    await appliance.press('method-face');
    const consent = await appliance.screen('consent');
    await appliance.consent();
    const done = await appliance.screen('done');
    t.equal(done.uplink.backlog, 0, 'acknowledged');
    const [visit] = await appliance.visits();
    t.equal(visit.method, 'face');
    t.equal(visit.visitId, consent.visit?.id);
    t.equal(visit.patient.name, '佐藤　遥');
    t.equal(visit.kiosk, 'kiosk-1');
    await appliance.take();
    t.equal((await appliance.screen('idle')).visit, undefined);
  });

  await t.test('another person is not accepted, is told why, and may use the PIN instead', async (t) => {
    const before = (await appliance.visits()).length;
    await appliance.camera({ resident: OTHER });
    await appliance.place(PERSON);
    await appliance.press('method-face');
    const retry = await appliance.screen('face-retry');
    t.ok(retry.elements.some((one) => one.id === 'method-pin' && one.enabled));
    t.match(retry.failure, /^face\//);
    await appliance.press('retry');
    await appliance.screen('face');
    await appliance.screen('face-retry');
    t.equal((await appliance.visits()).length, before, 'nothing was sent');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.consent();
    await appliance.screen('done');
    const [visit] = await appliance.visits();
    t.equal(visit.method, 'pin');
    await appliance.take();
    await appliance.screen('idle');
  });

  await t.test('wrong PINs are counted down in the card, the last try is confirmed, and the third locks', async (t) => {
    const before = (await appliance.visits()).length;
    const triesLeft = async () =>
      (await appliance.api('GET', '/api/cards')).body.find((card: { name: string }) => card.name === OTHER).pinTriesLeft;
    t.equal(await triesLeft(), 3);
    await appliance.place(OTHER);
    await appliance.press('method-pin');
    await appliance.typePin('0000');
    await appliance.until('two tries left', (state) => state.elements.some((one) => /あと ?2 ?回/.test(one.label)));
    t.equal(await triesLeft(), 2);
    await appliance.typePin('1111');
    await appliance.screen('pin-last-try');
    t.equal(await triesLeft(), 1);
    await appliance.press('continue');
    await appliance.typePin('2222');
    const locked = await appliance.until('the lock is told', (state) => state.failure === 'pin/blocked');
    t.equal(await triesLeft(), 0);
    t.match(locked.elements.map((one) => one.label).join('\n'), /市区町村/, 'tells where it is unlocked');
    t.equal((await appliance.visits()).length, before, 'no result was sent');
    await appliance.take();
    await appliance.screen('idle');
    await appliance.place(OTHER);
    const next = await appliance.screen('choose-method');
    t.notOk(next.elements.some((one) => one.id === 'method-pin'));
    t.match(next.elements.map((one) => one.label).join('\n'), /ロックされています/, 'told at the next visit too');
    await appliance.take();
    await appliance.screen('idle');
  });

  await t.test(
    'reception is asked to look, approves at the terminal for this visit alone, and the next visit is by oneself again',
    async (t) => {
      await appliance.place(PERSON);
      await appliance.press('method-staff');
      const asked = await appliance.until(
        'reception has been asked',
        (state) => state.screen === 'staff-check' && state.elements.some((one) => /受付の係に知らせました/.test(one.label)),
      );
      const [kiosk] = (await appliance.atTerminal('GET', '/api/kiosks')).body.kiosks;
      t.match(kiosk.request, { visitId: asked.visit?.id, reason: 'chosen', patient: { name: '佐藤　遥' } });
      const question = async () => (await appliance.atTerminal('GET', '/api/kiosks')).body.kiosks[0].request;
      await appliance.press('back');
      while ((await question()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      await appliance.press('method-staff');
      while ((await question()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      t.equal((await appliance.atTerminal('POST', '/api/kiosks/kiosk-1/command', { command: 'approve-visual' })).status, 202);
      await appliance.consent();
      const done = await appliance.screen('done');
      const [visit] = await appliance.visits();
      t.match(visit, { method: 'staff', visitId: asked.visit?.id });
      t.ok(
        done.elements.some((one) => one.label.includes(visit.number)),
        'the number is on the patient’s screen',
      );
      t.equal((await appliance.atTerminal('GET', '/api/kiosks')).body.kiosks[0].request, undefined, 'answered');
      await appliance.take();
      await appliance.screen('idle');
      await appliance.place(PERSON);
      await appliance.screen('choose-method');
      await appliance.take();
      await appliance.screen('idle');
    },
  );

  await t.test('the physical keypad types a PIN, and English is spoken until the visit ends', async (t) => {
    await appliance.press('language-en');
    await appliance.until('English', (state) => state.language === 'en');
    await appliance.place(PERSON);
    await appliance.press('method-pin');
    await appliance.screen('pin');
    await appliance.api('POST', '/api/keypad', { keys: '1234\n' });
    const consent = await appliance.screen('consent');
    t.match(consent.elements.map((one) => one.label).join('\n'), /consent|share|agree/i);
    await appliance.press('consent-none');
    const done = await appliance.screen('done');
    t.equal(done.language, 'en');
    const [visit] = await appliance.visits();
    t.notMatch(JSON.stringify(visit.consent), /"flag":"1"/, 'nothing was consented to');
    await appliance.take();
    t.equal((await appliance.screen('idle')).language, 'ja');
  });

  await t.test('every screen is a picture of the panel’s size', async (t) => {
    const response = await fetch(`${appliance.twin}/api/screen.png`);
    const png = new Uint8Array(await response.arrayBuffer());
    t.equal(response.headers.get('content-type'), 'image/png');
    const header = new DataView(png.buffer);
    t.same([header.getUint32(16), header.getUint32(20)], [1280, 800]);
  });

  await t.test('SIGTERM stops all of it with status 0', async (t) => {
    t.equal(await appliance.stop(), 0);
    await t.rejects(fetch(`${appliance.terminal}/api/health`), 'the terminal stopped too');
  });
});
