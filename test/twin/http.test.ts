import { request as rawRequest } from 'node:http';
import { test } from 'tap';
import { isFailure } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { readPictureHeader } from '../../src/twin/picture-header.ts';
import { createTwinServer } from '../../src/twin/server.ts';
import { createFakeControls, holdPort, IDLE, jpegHeadOf, pngOf, startFakeTwin } from './fixtures/fake-controls.ts';

const twin = await startFakeTwin();
const { calls, server } = twin;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly json: unknown;
}

const answer = async (response: Response): Promise<Answer> => {
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    json: type.startsWith('application/json') ? await response.json() : await response.arrayBuffer(),
  };
};
const get = async (path: string) => answer(await fetch(server.url + path));
const send = async (method: string, path: string, body?: unknown) =>
  answer(
    await fetch(server.url + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }),
  );
const sendBytes = async (method: string, path: string, type: string | undefined, body: Uint8Array | string) =>
  answer(await fetch(server.url + path, { method, headers: type === undefined ? {} : { 'content-type': type }, body: Buffer.from(body) }));
const last = () => calls.at(-1);
const lastCard = () => (last()?.args[0] ?? {}) as { readonly photo?: unknown };
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

const CARD = { name: 'me', photo: base64(pngOf(20, 30)), birth: '1980-02-17', expires: '2035-02-17' };

test('the state, the panel and the cards can be read', async (t) => {
  t.same((await get('/api/state')).json, IDLE);
  const screen = await get('/api/screen.png');
  t.equal(screen.type, 'image/png');
  t.equal(Buffer.compare(Buffer.from(screen.json as ArrayBuffer), Buffer.from(await twin.controls.screenPng())), 0);
  t.same((await get('/api/cards')).json, [
    { name: 'hanako', kind: 'my-number', pinTriesLeft: 3, codeTriesLeft: 10, expires: '2031-04-01' },
  ]);
  t.match((await get('/api/twin')).json, {
    panel: { width: 320, height: 200 },
    tray: null,
    residents: ['hanako', 'taro', 'moved-away'],
    finger: true,
  });
});

test('a card is made from one photograph', async (t) => {
  const made = await send('POST', '/api/cards', { ...CARD, pin: null, sex: 'female', family: '山田' });
  t.equal(made.status, 201);
  t.match(made.json, { name: 'me', kind: 'my-number' });
  t.match(last(), { name: 'makeCard', args: [{ name: 'me', birth: '1980-02-17', pin: null, sex: '2', family: '山田' }] });
  t.strictSame(lastCard().photo, Uint8Array.from(Buffer.from(CARD.photo, 'base64')));
  const plain = await send('POST', '/api/cards', { ...CARD, name: 'me too', photo: `data:image/png;base64,${CARD.photo}` });
  t.equal(plain.status, 201);
  t.notOk('pin' in lastCard(), 'no word about the PIN leaves the default to the appliance');
  t.equal((await send('POST', '/api/cards', { name: 'licence', kind: 'driving-licence' })).status, 201, 'other kinds need no photo');
});

test('a wrong field of a new card is refused by its name', async (t) => {
  const { photo, ...noPhoto } = CARD;
  for (const [field, body] of [
    ['photo', noPhoto],
    ['photo', { ...CARD, photo: 'not base64 at all!' }],
    ['photo', { ...CARD, photo: base64(Buffer.from('GIF89a plus something')) }],
    ['photo', { ...CARD, photo: base64(jpegHeadOf(8000, 5000)) }],
    ['photo', { ...CARD, photo: 7 }],
    ['name', { ...CARD, name: '' }],
    ['name', { ...CARD, name: 'two\nlines' }],
    ['birth', { ...CARD, birth: '1980-02-31' }],
    ['birth', { ...CARD, birth: '17.2.1980' }],
    ['expires', { ...CARD, expires: '1979-01-01' }],
    ['pin', { ...CARD, pin: '12345' }],
    ['pin', { ...CARD, pin: 1234 }],
    ['securityCode', { ...CARD, securityCode: 'abcd' }],
    ['kind', { ...CARD, kind: 'passport' }],
    ['sex', { ...CARD, sex: 'x' }],
    ['colour', { ...CARD, colour: 'red' }],
    ['body', [1, 2]],
  ] as const) {
    const { status, json } = await send('POST', '/api/cards', body);
    t.equal(status, 400, field);
    t.match(json, { code: 'input/invalid', field, message: new RegExp(field, 'i') });
  }
});

test('a card is put on the tray and taken away', async (t) => {
  t.same((await send('PUT', '/api/tray', { card: 'hanako' })).json, { card: 'hanako' });
  t.match((await get('/api/twin')).json, { tray: 'hanako' });
  t.match(await send('PUT', '/api/tray', { card: 'me' }), { status: 400, json: { field: 'card', message: /first/ } });
  t.same((await send('DELETE', '/api/tray')).json, { card: null });
  t.equal(twin.controls.cardOnTray(), undefined);
  t.match(await send('PUT', '/api/tray', { card: 'nobody' }), { status: 404, json: { code: 'input/invalid', field: 'card' } });
  t.match(await send('PUT', '/api/tray', { name: 'hanako' }), { status: 400, json: { field: 'card' } });
});

test('a touch goes to a point or to the middle of an element', async (t) => {
  t.equal((await send('POST', '/api/touch', { x: 319.6, y: 0 })).status, 200);
  t.same(last(), { name: 'touch', args: [319, 0, 80] });
  t.equal((await send('POST', '/api/touch', { element: 'language-en', holdMs: 900 })).status, 200);
  t.same(last(), { name: 'touch', args: [140, 76, 900] });
  t.equal((await send('POST', '/api/touch', { x: 5, y: 6, phase: 'down' })).status, 200);
  t.same(last(), { name: 'finger', args: ['down', 5, 6] });
  for (const [field, body] of [
    ['x', { x: 320, y: 10 }],
    ['x', { y: 10 }],
    ['y', { x: 10, y: -1 }],
    ['y', { x: 10, y: 'low' }],
    ['y', { x: 10 }],
    ['holdMs', { x: 1, y: 1, holdMs: -5 }],
    ['element', { element: 'no-such' }],
    ['element', { element: 'language-en', x: 1, y: 1 }],
    ['phase', { x: 1, y: 1, phase: 'hover' }],
  ] as const)
    t.match(await send('POST', '/api/touch', body), { status: 400, json: { code: 'input/invalid', field } });
  t.match((await send('POST', '/api/touch', { element: 'no-such' })).json, { message: /language-en/ }, 'what can be pressed is listed');
});

test('keys are typed on the keypad, and only keys it has', async (t) => {
  t.equal((await send('POST', '/api/keypad', { keys: '1234\r\n' })).status, 200);
  t.same(last(), { name: 'typeKeys', args: ['1234\n'] });
  for (const keys of ['', 'abcd', 5, '1'.repeat(65)])
    t.match(await send('POST', '/api/keypad', { keys }), { status: 400, json: { field: 'keys' } });
  t.notMatch(JSON.stringify((await send('POST', '/api/keypad', { keys: '98x65' })).json), /98x65/, 'what was typed is not repeated');
});

test('a picture, a loop of frames or a resident stands before the camera', async (t) => {
  const picture = pngOf(30, 30);
  await sendBytes('PUT', '/api/camera', 'image/png', picture);
  t.same(last()?.args, [{ kind: 'still', picture, as: 'person' }]);
  await sendBytes('PUT', '/api/camera?as=print', 'image/jpeg; q=1', jpegHeadOf(640, 480));
  t.match(last()?.args, [{ kind: 'still', as: 'print' }]);
  t.match((await sendBytes('PUT', '/api/camera?as=screen', 'image/png', picture)).json, { camera: { kind: 'still', as: 'screen' } });
  await send('PUT', '/api/camera', { frames: [base64(picture), base64(picture)], fps: 8 });
  t.same(last()?.args, [{ kind: 'frames', frames: [picture, picture], fps: 8 }]);
  await send('PUT', '/api/camera', { resident: 'taro' });
  t.same(last()?.args, [{ kind: 'resident', name: 'taro' }]);
  t.match((await get('/api/twin')).json, { camera: { kind: 'resident', name: 'taro' } });
  await send('DELETE', '/api/camera');
  t.same(last()?.args, [{ kind: 'dark' }]);
});

test('what is not a picture does not reach the camera', async (t) => {
  const before = calls.length;
  const picture = base64(pngOf(8, 8));
  t.match(await sendBytes('PUT', '/api/camera', 'image/jpeg', 'hello'), { status: 400, json: { field: 'body', message: /JPEG or PNG/ } });
  t.match(await sendBytes('PUT', '/api/camera', 'image/jpeg', ''), { status: 400, json: { field: 'body' } });
  t.match(await sendBytes('PUT', '/api/camera?as=mask', 'image/png', pngOf(8, 8)), { status: 400, json: { field: 'as' } });
  t.match(await sendBytes('PUT', '/api/camera', 'image/jpeg', jpegHeadOf(8000, 5000)), {
    status: 400,
    json: { field: 'body', message: /40 megapixels/ },
  });
  t.match(await send('PUT', '/api/camera', { frames: [picture, 'AAAA'], fps: 8 }), { status: 400, json: { field: 'frames.1' } });
  t.match(await send('PUT', '/api/camera', { frames: [], fps: 8 }), { status: 400, json: { field: 'frames' } });
  t.match(await send('PUT', '/api/camera', { frames: [picture], fps: 0 }), { status: 400, json: { field: 'fps' } });
  t.match(await send('PUT', '/api/camera', { resident: 'nobody' }), { status: 404, json: { field: 'resident', message: /hanako/ } });
  t.match(await send('PUT', '/api/camera', { resident: 'moved-away' }), {
    status: 404,
    json: { code: 'input/invalid', field: 'resident' },
  });
  t.equal(calls.length, before);
  const broken = await send('PUT', '/api/camera', { frames: [picture], fps: 13 });
  t.match(broken, { status: 500, json: { code: 'visit/internal' } });
  t.notMatch(JSON.stringify(broken.json), /secret/, 'an unexpected fault does not tell its text');
});

test('the power button and the cables', async (t) => {
  await send('POST', '/api/power', { press: 'long' });
  t.same(last(), { name: 'power', args: ['long'] });
  t.match(await send('POST', '/api/power', { press: 'twice' }), { status: 400, json: { field: 'press' } });
  t.same((await send('PUT', '/api/cables', { touch: 'out', reader: 'out' })).json, {
    broker: 'in',
    terminal: 'in',
    reader: 'out',
    camera: 'in',
    touch: 'out',
  });
  t.match(await send('POST', '/api/touch', { x: 1, y: 1 }), { status: 409, json: { code: 'touch/unavailable' } });
  t.match(await send('PUT', '/api/cables', { hdmi: 'out' }), {
    status: 400,
    json: { field: 'hdmi', message: /broker, terminal, reader, camera, touch/ },
  });
  t.match(await send('PUT', '/api/cables', { touch: 'half' }), { status: 400, json: { field: 'touch' } });
  t.match(await send('PUT', '/api/cables', {}), { status: 400, json: { field: 'body' } });
  t.equal((await send('PUT', '/api/cables', { touch: 'in', reader: 'in' })).status, 200);
});

test('bodies of the wrong form are refused with what is allowed', async (t) => {
  t.match(await sendBytes('PUT', '/api/tray', 'application/json', '{"card":'), {
    status: 400,
    json: { field: 'body', message: /not JSON/ },
  });
  t.match(await sendBytes('PUT', '/api/tray', 'application/json', ''), { status: 400, json: { field: 'body' } });
  t.match(await sendBytes('PUT', '/api/tray', 'text/plain', '{}'), { status: 415, json: { message: /application\/json/ } });
  t.match(await sendBytes('PUT', '/api/camera', undefined, pngOf(2, 2)), {
    status: 415,
    json: { message: /missing.*image\/jpeg, image\/png/ },
  });
  t.match(await sendBytes('POST', '/api/cards', 'image/png', pngOf(2, 2)), { status: 415 });
  t.match(await send('POST', '/api/keypad', { keys: '1'.repeat(70_000) }), { status: 413, json: { field: 'body' } });
  t.match(await sendBytes('DELETE', '/api/tray', 'text/plain', 'x'), { status: 415, json: { field: 'content-type' } });
  t.match(await get('/api/portraits/%zz'), { status: 400, json: { code: 'input/invalid', field: 'path' } });
  t.match(await get('/api/nothing'), { status: 404, json: { code: 'input/invalid' } });
  t.match(await send('POST', '/api/state', {}), { status: 404 });
});

/** fetch does not let a caller set Host or Sec-Fetch-Site. */
const withHeaders = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = rawRequest(server.url + path, { method, headers: { connection: 'close', ...headers } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end();
  });

test('only this machine and only its own page operate the appliance', async (t) => {
  const port = new URL(server.url).port;
  t.equal(await withHeaders('GET', '/api/state', { host: `rebound.example:${port}` }), 403);
  t.equal(await withHeaders('GET', '/api/state', { host: `localhost:${port}` }), 200);
  t.equal(await withHeaders('DELETE', '/api/tray', { origin: 'http://elsewhere.example' }), 403);
  t.equal(await withHeaders('DELETE', '/api/tray', { origin: 'null' }), 403);
  t.equal(await withHeaders('DELETE', '/api/tray', { 'sec-fetch-site': 'cross-site' }), 403);
  t.equal(await withHeaders('DELETE', '/api/tray', { origin: server.url }), 200);
  const { headers } = await fetch(`${server.url}/api/state`, { headers: { origin: 'http://elsewhere.example' } });
  t.equal(headers.get('access-control-allow-origin'), null);
  t.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
});

test('the page and its files are served, and nothing beside them', async (t) => {
  const page = await fetch(`${server.url}/`);
  const html = await page.text();
  t.match(page.headers.get('content-security-policy'), /default-src 'none'/);
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  t.ok(files.length > 1, 'the page names its style and its program');
  for (const path of files) t.equal((await get(path)).status, 200, path);
  t.notMatch(html, /(?:src|href)="https?:/, 'nothing is loaded from elsewhere');
  t.equal((await get('/assets/biz-udpgothic-400.ttf')).type, 'font/ttf');
  for (const path of ['/assets/server.ts', '/assets/..%2fserver.ts', '/assets/%2e%2e%2f%2e%2e%2fpackage.json'])
    t.equal((await get(path)).status, 404, path);
});

test('portraits come with their own type', async (t) => {
  t.match(await get('/api/portraits/hanako'), { status: 200, type: 'image/png' });
  t.match(await get('/api/portraits/taro'), { status: 200, type: 'image/svg+xml' });
  t.match(await get('/api/portraits/nobody'), { status: 404, json: { field: 'name' } });
});

test('the size of a picture is read from its first bytes, whatever those are', async (t) => {
  t.same(readPictureHeader(pngOf(31, 17)), { kind: 'png', width: 31, height: 17 });
  t.same(readPictureHeader(jpegHeadOf(640, 480)), { kind: 'jpeg', width: 640, height: 480 });
  const jpeg = jpegHeadOf(640, 480);
  for (let length = 0; length < 15; length += 1) t.equal(readPictureHeader(jpeg.subarray(0, length)), undefined, `${length} bytes`);
  t.equal(readPictureHeader(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0, 0, 0, 0, 0)), undefined, 'pixels before a frame header');
  t.equal(readPictureHeader(Uint8Array.of(0xff, 0xd8, ...new Array<number>(40).fill(0xff))), undefined, 'fill bytes only');
});

test('a taken port is told with the number and what to do', async (t) => {
  const held = await holdPort();
  t.teardown(held.free);
  const options = { port: held.port, terminalUrl: '', mqttUrl: '', log: silentLog };
  const failure = await createTwinServer(createFakeControls().controls, options).catch((error: unknown) => error);
  if (!isFailure(failure, 'port/in-use')) throw failure;
  t.same(failure.facts, { port: held.port, what: 'twin' });
  t.match(failure.message, new RegExp(`${held.port}.*--port`));
});

test('the server closes with open connections', async (t) => {
  await server.close();
  await t.rejects(fetch(`${server.url}/api/state`));
  t.equal(twin.listeners(), 0);
});
