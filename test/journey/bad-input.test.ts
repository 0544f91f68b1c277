// What visitors and outside tools get wrong: a clear refusal each, and the appliance goes on.

import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { test } from 'tap';
import { Appliance } from './appliance.ts';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['dist/main.js', '--headless', ...args], { encoding: 'utf8', timeout: 60_000 });

/** A PNG of one colour with so many pixels, small as a file: the pixels are all zero. */
const hugePng = (width: number, height: number): Uint8Array => {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes: Uint8Array): number =>
    (bytes.reduce((sum, byte) => (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = deflateSync(new Uint8Array((width + 1) * height));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ]);
};

test('wrong requests are refused with the field, and the appliance goes on', async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');
  const huge = hugePng(8000, 5000);
  const card = { name: 'x', birth: '1950-04-01', expires: '2033-04-01' };
  const cases: readonly (readonly [
    string,
    () => Promise<{ status: number; body: { code?: string; message?: string; field?: string } }>,
    number,
    string | undefined,
  ])[] = [
    ['a card nobody made', () => appliance.api('PUT', '/api/tray', { card: 'nobody' }), 404, 'card'],
    [
      'a photo that is no picture',
      () => appliance.api('POST', '/api/cards', { ...card, photo: Buffer.from('hello').toString('base64') }),
      400,
      'photo',
    ],
    [
      'a photo of 40 megapixels',
      () => appliance.api('POST', '/api/cards', { ...card, photo: Buffer.from(huge).toString('base64') }),
      400,
      'photo',
    ],
    ['a camera picture that is none', () => appliance.api('PUT', '/api/camera', Buffer.from('hello')), 400, 'body'],
    ['a camera picture of 40 megapixels', () => appliance.api('PUT', '/api/camera', huge), 400, 'body'],
    ['malformed JSON', () => appliance.api('PUT', '/api/tray', '{"card": '), 400, 'body'],
    ['a birth date that is none', () => appliance.api('POST', '/api/cards', { ...card, birth: '1950-02-31', photo: 'AAAA' }), 400, 'birth'],
    ['a PIN of letters', () => appliance.api('POST', '/api/cards', { ...card, pin: 'abcd', photo: 'AAAA' }), 400, 'pin'],
    ['an element that is not there', () => appliance.api('POST', '/api/touch', { element: 'key-1' }), 400, 'element'],
    ['a touch beside the panel', () => appliance.api('POST', '/api/touch', { x: 5000, y: 10 }), 400, 'x'],
    ['a cable that does not exist', () => appliance.cables({ power: 'out' }), 400, 'power'],
    ['a key that no keypad has', () => appliance.api('POST', '/api/keypad', { keys: 'a' }), 400, 'keys'],
    ['an address that does not exist', () => appliance.api('GET', '/api/nothing'), 404, undefined],
  ];
  for (const [what, send, status, field] of cases) {
    const answer = await send();
    t.equal(answer.status, status, what);
    t.match(answer.body, { code: String, message: /\S{3,}/ }, `${what}: says why`);
    if (field !== undefined) t.equal(answer.body.field, field, `${what}: names the field`);
  }
  t.equal((await appliance.state()).screen, 'idle', 'nothing of it disturbed the appliance');

  await t.test('a second appliance on the same port says which, and what to do', async (t) => {
    const port = new URL(appliance.twin).port;
    const second = run('--port', port, '--terminal-port', '0', '--mqtt-port', '0');
    t.equal(second.status, 1);
    t.match(second.stderr, new RegExp(`${port}.*--port`));
    t.equal(second.stdout, '');
    const third = run('--port', '0', '--terminal-port', new URL(appliance.terminal).port, '--mqtt-port', '0');
    t.equal(third.status, 1);
    t.match(third.stderr, /--terminal-port/);
  });
});

test('what cannot be started says why and what to do', async (t) => {
  await t.test('a wrong value in the configuration', async (t) => {
    const directory = t.testdir({ 'wrong.toml': '[face]\nthreshold = 7\n', 'broken.toml': '[face\n' });
    const wrong = run('--config', join(directory, 'wrong.toml'));
    t.equal(wrong.status, 1);
    t.match(wrong.stderr, /wrong\.toml: line \d+: face\.threshold: found 7; allowed: at most 0\.9/);
    t.match(run('--config', join(directory, 'broken.toml')).stderr, /broken\.toml: line 1/);
    t.match(run('--config', join(directory, 'missing.toml')).stderr, /missing\.toml: is missing/);
  });
  await t.test('words it does not know', async (t) => {
    t.match(run('--prot', '8080').stderr, /--prot/);
    t.match(run('--port', 'eighty').stderr, /--port: found "eighty"; allowed: a port number/);
    t.match(run('fly').stderr, /found "fly" after the options/);
    const flown = spawnSync(process.execPath, ['dist/main.js', 'fly'], { encoding: 'utf8', timeout: 60_000 });
    t.match(flown.stderr, /found "fly"; allowed: twin, .*run/);
    t.equal(flown.status, 1);
  });
  await t.test('a data directory that is a file', async (t) => {
    const directory = t.testdir({ file: '' });
    const result = run('--data', join(directory, 'file', 'deeper'), '--port', '0', '--terminal-port', '0', '--mqtt-port', '0');
    t.equal(result.status, 1);
    t.match(result.stderr, /--data: .*file/);
  });
  await t.test('the broker’s port is taken: the next free one is used', async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const { port } = server.address() as { port: number };
    const appliance = await Appliance.start('--mqtt-port', String(port));
    t.teardown(() => appliance.stop());
    t.not(new URL(appliance.mqtt).port, String(port));
  });
});

test('without face models the kiosk serves by PIN and says what is missing', async (t) => {
  const appliance = await Appliance.start(
    '--config',
    join(t.testdir({ 'none.toml': '[face]\nmodelDirectory = "/dev/null/none"\n' }), 'none.toml'),
  );
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');
  t.match(appliance.output, /models-unavailable/);
  await appliance.place('sato-haruka');
  const choice = await appliance.screen('choose-method');
  t.notOk(choice.elements.some((one) => one.id === 'method-face' && one.enabled));
  await appliance.press('method-pin');
  await appliance.typePin('1234');
  await appliance.screen('consent');
  await appliance.take();
});
