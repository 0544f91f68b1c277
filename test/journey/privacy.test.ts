// A whole day of visits at debug level, with everything that leaves the kiosk listened to: no personal byte in a log, on the broker, or in the kiosk's files.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { test } from 'tap';
import { encodeJpeg, renderSvg } from '../../src/faceauth/pictures.ts';
import { residentPortrait } from '../../src/twin/residents.ts';
import { Appliance } from './appliance.ts';

const PIN = '8317';
const WRONG_PIN = '6042';
const CARD = {
  name: 'listened',
  family: '蘭丸',
  given: '薫子',
  birth: '1957-08-23',
  expires: '2031-08-23',
  securityCode: '9174',
  pin: PIN,
  sex: '2',
} as const;

/** How each personal thing would look if it got out. Digits count only when they stand alone. */
const alone = (digits: string): RegExp => new RegExp(`(?<![0-9a-zA-Z.-])${digits}(?![0-9a-zA-Z])`);
/** What must not get out, how it would look, and an example that the search has to find. */
const PERSONAL: readonly (readonly [string, RegExp, string])[] = [
  ['the PIN', alone(PIN), `{"pin":"${PIN}"}`],
  ['the PIN in bytes', /38 ?33 ?31 ?37/, Buffer.from(PIN).toString('hex')],
  ['a wrong PIN', alone(WRONG_PIN), `pin ${WRONG_PIN}`],
  ['照合番号B', /3208232031|33323038323332303331/, '32082320319174'],
  ['the security code', alone(CARD.securityCode), `code=${CARD.securityCode}`],
  ['the family name', new RegExp(CARD.family), CARD.family],
  ['the given name', new RegExp(CARD.given), CARD.given],
  ['the address', /霞が関/, '東京都千代田区霞が関一丁目'],
  ['the birth date', /1957-?08-?23/, '19570823'],
  // A SEQUENCE whose first member is one, both with lengths of two octets: three letters alone also occur in ciphertext, by chance.
  ['a certificate', /MII[A-Za-z0-9+/]{2}[DTjz]CC[A-Za-z0-9+/]{3}gAwIB|JPKI for user/, 'MIIFTzCCBDegAwIBAgIEAb1234'],
  ['a picture', /\/9j\/4|AAAADGpQ|ÿØÿ|jP {2}/, '/9j/4AAQSkZJRg'],
];

const allFiles = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('a whole journey at debug level', async (t) => {
  const config = join(t.testdir({ 'debug.toml': '[kiosk]\nlogLevel = "debug"\n' }), 'debug.toml');
  const appliance = await Appliance.start('--config', config);
  t.teardown(() => appliance.stop());
  const heard: string[] = [];
  const listener = await mqtt.connectAsync(appliance.mqtt, { protocolVersion: 4 });
  t.teardown(() => listener.endAsync(true));
  listener.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString('latin1')} ${payload.toString('utf8')}`));
  await listener.subscribeAsync('#', { qos: 1 });

  const person = 'sato-haruka';
  const picture = await encodeJpeg(await renderSvg(residentPortrait(person, 'card'), 480, 640));
  const made = await appliance.api('POST', '/api/cards', { ...CARD, photo: Buffer.from(picture).toString('base64') });
  t.equal(made.status, 201);
  await appliance.screen('idle');

  await appliance.camera({ resident: person });
  await appliance.place(CARD.name);
  await appliance.press('method-face');
  await appliance.consent();
  await appliance.screen('done');
  await appliance.take();
  await appliance.screen('idle');

  await appliance.place(CARD.name);
  await appliance.press('method-pin');
  await appliance.typePin(WRONG_PIN);
  await appliance.until('two tries left', (state) => state.elements.some((one) => /あと ?2 ?回/.test(one.label)));
  await appliance.api('POST', '/api/keypad', { keys: `${PIN}\n` });
  await appliance.consent();
  await appliance.screen('done');
  await appliance.take();
  await appliance.screen('idle');

  const visits = await appliance.visits();
  t.equal(visits.length, 2);
  t.equal(visits[0].patient.name, `${CARD.family}\u3000${CARD.given}`, 'the name arrived, sealed');

  const kioskFiles = allFiles(join(appliance.dataDirectory, 'kiosk')).map((file) => readFileSync(file, 'latin1'));
  const log = appliance.output;
  t.ok(log.split('\n').filter((line) => line.includes('"level":20')).length > 20, 'debug lines are there to be searched');
  t.ok(
    heard.some((line) => line.includes('/visit ')),
    'visits were heard on the broker',
  );
  for (const [what, pattern, example] of PERSONAL) {
    t.match(example, pattern, `the search would find ${what}`);
    t.notMatch(log, pattern, `${what} is not logged`);
    t.notMatch(heard.join('\n'), pattern, `${what} is not on the broker in the clear`);
    t.notMatch(kioskFiles.join('\n'), pattern, `${what} is not in the kiosk’s files`);
  }
  if (!t.passing()) writeFileSync(join(tmpdir(), 'kazashi-privacy.log'), log);
});
