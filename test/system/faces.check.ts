// Photographs of people who are not drawn: a card from one picture, another picture before the camera. Pictures stay outside the repository.

import { existsSync, readFileSync } from 'node:fs';
import { test } from 'tap';
import { Appliance } from '../journey/appliance.ts';

const FACES = '../shared/faces';
const skip = existsSync(`${FACES}/pairs-dev.txt`)
  ? false
  : `${FACES} is not there: pictures to measure on come with the development checkout only`;

const pairs = (): { a: string; b: string; same: boolean }[] =>
  readFileSync(`${FACES}/pairs-dev.txt`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([a = '', b = '', same]) => ({ a, b, same: same === '1' }));

const picture = (path: string): Buffer => readFileSync(`${FACES}/lfw-dev/${path}`);

test('people are accepted by another picture of themselves, and not by one of somebody else', { skip, timeout: 600_000 }, async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');

  const visit = async (name: string, card: string, camera: string): Promise<{ screen: string; failure?: string | undefined }> => {
    const made = await appliance.api('POST', '/api/cards', {
      name,
      photo: picture(card).toString('base64'),
      birth: '1950-04-01',
      expires: '2033-04-01',
    });
    if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`);
    const shown = await fetch(`${appliance.twin}/api/camera`, {
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(picture(camera)),
    });
    if (!shown.ok) throw new Error(`camera ${shown.status}`);
    await appliance.place(name);
    await appliance.press('method-face');
    return appliance.screen('consent', 'face-retry');
  };
  const clear = async () => {
    await appliance.take();
    await appliance.screen('idle');
  };

  const all = pairs();
  let accepted = 0;
  const genuine = all.filter((pair) => pair.same).slice(0, 6);
  for (const [index, { a, b }] of genuine.entries()) {
    if ((await visit(`genuine-${index}`, a, b)).screen === 'consent') accepted += 1;
    await clear();
  }
  t.ok(accepted >= genuine.length - 2, `${accepted} of ${genuine.length} accepted (one frame of one picture; FRR about 7 % at .50)`);

  for (const [index, { a, b }] of all
    .filter((pair) => !pair.same)
    .slice(0, 4)
    .entries()) {
    const result = await visit(`impostor-${index}`, a, b);
    t.equal(result.screen, 'face-retry');
    t.match(result.failure, /^face\//, 'says why');
    await clear();
  }
  t.same(await appliance.visits(), [], 'a visit that was not finished is not sent');
});
