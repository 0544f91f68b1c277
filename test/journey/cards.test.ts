// What else lies on a tray: each card gets its own screen, and nothing is sent that was not verified.

import { test } from 'tap';
import { Appliance } from './appliance.ts';

const labels = (state: { elements: readonly { label: string }[] }): string => state.elements.map((one) => one.label).join('\n');

test('cards other than a valid My Number Card', async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');

  const refused = [
    ['driving-licence', 'card/driving-licence'],
    ['transit', 'card/transit'],
    ['broken', 'card/not-recognised'],
    ['expired', 'certificate/expired'],
  ] as const;
  for (const [card, code] of refused) {
    await t.test(`${card} is told as ${code}, and the reader is ready again when it is taken`, async (t) => {
      await appliance.place(card);
      const told = await appliance.until(code, (state) => state.failure === code);
      t.equal(told.screen, 'notice');
      t.match(labels(told), /\S{8}/);
      await appliance.take();
      await appliance.screen('idle');
      t.same(await appliance.visits(), []);
    });
  }

  await t.test('two cards are told as such, and the visit begins when one of them is taken away', async (t) => {
    await appliance.place('two-cards');
    const told = await appliance.until('card/several', (state) => state.failure === 'card/several');
    t.equal(told.screen, 'notice');
    t.match(labels(told), /カードが2枚以上/);
    await appliance.place('sato-haruka');
    await appliance.screen('choose-method');
    await appliance.take();
    await appliance.screen('idle');
    t.same(await appliance.visits(), []);
  });

  await t.test('a certificate within three months of its end is told kindly, and the visit goes on', async (t) => {
    await appliance.place('expires-soon');
    const told = await appliance.screen('notice');
    t.match(labels(told), /電子証明書の期限まで\s+あと 30 日/);
    await appliance.press('continue');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.consent();
    await appliance.screen('done');
    await appliance.take();
    await appliance.screen('idle');
    t.equal((await appliance.visits()).length, 1);
  });

  await t.test('a certificate expired less than three months ago still shows eligibility, without consent screens', async (t) => {
    await appliance.place('expired-in-grace');
    const seen = new Set<string>();
    await appliance.screen('notice');
    await appliance.press('continue');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.until('done', (state) => {
      seen.add(state.screen);
      return state.screen === 'done';
    });
    t.notOk(seen.has('consent') || seen.has('consent-items'));
    await appliance.take();
    await appliance.screen('idle');
    const [visit] = await appliance.visits();
    t.notMatch(JSON.stringify(visit.consent), /"flag":"1"/);
  });

  await t.test('a card of P-384 keys checks in by PIN: the terminal verifies its ES384 signature itself', async (t) => {
    await appliance.place('next-card');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.consent();
    await appliance.screen('done');
    const [visit] = await appliance.visits();
    t.match(visit, { method: 'pin', proof: 'card-signature', patient: { name: '佐藤　遥' } });
    t.ok(visit.number, 'checked in');
    await appliance.take();
    await appliance.screen('idle');
  });

  await t.test('and by face: photo, signatures and possession are those of its generation', async (t) => {
    await appliance.camera({ resident: 'sato-haruka' });
    await appliance.place('next-card');
    await appliance.press('method-face');
    await appliance.consent();
    await appliance.screen('done');
    t.match((await appliance.visits())[0], { method: 'face', proof: 'kiosk' });
    await appliance.take();
    await appliance.screen('idle');
  });

  await t.test('a card so slow that every answer needs more time is read all the same, and signs', async (t) => {
    const before = (await appliance.visits()).length;
    await appliance.place('slow');
    await appliance.press('method-pin');
    await appliance.typePin('1234');
    await appliance.consent();
    await appliance.screen('done');
    const visits = await appliance.visits();
    t.equal(visits.length, before + 1);
    t.match(visits[0], { proof: 'card-signature' });
    await appliance.take();
    await appliance.screen('idle');
  });

  await t.test('a 顔認証マイナンバーカード has no PIN path', async (t) => {
    await appliance.place('no-pin');
    const choice = await appliance.screen('choose-method');
    t.ok(choice.elements.some((one) => one.id === 'method-face'));
    t.notOk(choice.elements.some((one) => one.id === 'method-pin' && one.enabled));
    await appliance.take();
    await appliance.screen('idle');
  });
});
