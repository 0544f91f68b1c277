import { test } from 'tap';
import { SPECIMEN } from '../../src/terminal/eligibility/population.ts';
import { office } from './fixtures/office.ts';
import { BOOT, HOUR, KIOSK, NOON, visit } from './fixtures/site.ts';

const MINUTE = 60_000;

test('health is told without login, everything else asks for one', async (t) => {
  const { app, kiosks } = await office(t);
  t.strictSame((await app.inject('/api/health')).json(), {
    ready: false,
    broker: 'lost',
    troubles: [],
    kiosks: [{ id: KIOSK, status: 'unknown' }],
  });
  kiosks.brokerIs('connected');
  kiosks.received(KIOSK, { v: 1, bootId: BOOT, bdSeq: 1, at: '2026-05-01T03:00:00Z', version: '1', status: 'ready', faults: [] });
  t.strictSame((await app.inject('/api/health')).json(), {
    ready: true,
    broker: 'connected',
    troubles: [],
    kiosks: [{ id: KIOSK, status: 'ready' }],
  });
  const closed = ['/api/visits', '/api/visits/x', '/api/consented', '/api/consented/x/medications', '/api/events', '/api/kiosks'];
  for (const url of closed) {
    const answer = await app.inject(url);
    t.match([answer.statusCode, answer.json()], [401, { code: 'session/required', message: String }], url);
  }
  for (const url of ['/api/eligibility', `/api/kiosks/${KIOSK}/command`]) {
    t.equal((await app.inject({ method: 'POST', url, payload: {} })).statusCode, 401, url);
  }
});

test('login: wrong password, account in use, force, and the one who was there before is told why', async (t) => {
  const { app, login } = await office(t);
  t.match((await login('reception', 'wrong-word')).json(), { code: 'session/wrong-password' });
  t.equal((await login('nobody', 'front-desk')).statusCode, 401);
  const first = await login('reception', 'front-desk');
  t.strictSame(first.json(), { id: 'reception', role: 'reception' });
  t.match(first.cookies[0], { name: 'kazashi-session', httpOnly: true, sameSite: 'Strict', path: '/' });
  const again = await login('reception', 'front-desk');
  t.equal(again.statusCode, 409);
  t.match(again.json(), {
    code: 'session/in-use',
    message: /^前回正常にログアウトされていなかった可能性があります。.*強制的にログインしますか？$/,
  });
  t.equal((await login('doctor', 'consulting-room')).statusCode, 200, 'another account is not in the way');
  const forced = await login('reception', 'front-desk', true);
  t.equal(forced.statusCode, 200);
  const old = await app.inject({ url: '/api/visits', cookies: { 'kazashi-session': first.cookies[0]?.value ?? '' } });
  t.match([old.statusCode, old.json()], [401, { code: 'session/taken-over' }]);
  const now = { 'kazashi-session': forced.cookies[0]?.value ?? '' };
  t.equal((await app.inject({ url: '/api/visits', cookies: now })).statusCode, 200);
  await app.inject({ method: 'POST', url: '/api/logout', cookies: now });
  t.equal((await app.inject({ url: '/api/visits', cookies: now })).statusCode, 401);
  t.equal((await login('reception', 'front-desk')).statusCode, 200, 'free after logout');
});

test('thirty minutes without operation log off; watching is not operation', async (t) => {
  const { app, pass, cookie, login } = await office(t);
  const cookies = await cookie();
  const status = async (url: string) => (await app.inject({ url, cookies })).statusCode;
  pass(29 * MINUTE);
  t.equal(await status('/api/visits'), 200, 'an operation');
  pass(29 * MINUTE);
  t.match((await app.inject({ url: '/api/session', cookies })).json(), { account: { id: 'reception' } }, 'still there');
  const byItself = await app.inject({ url: '/api/visits', cookies, headers: { 'x-by-itself': '1' } });
  t.equal(byItself.statusCode, 200, 'a list that the page brings up to date is no operation either');
  pass(MINUTE);
  t.match((await app.inject({ url: '/api/visits', cookies })).json(), { code: 'session/expired' });
  const reason = async () => ((await app.inject({ url: '/api/session', cookies })).json() as { ended?: string }).ended;
  t.match(await reason(), /^30分間操作がなかったため/, 'a page that heard nothing of it is told why when it asks');
  t.equal((await login('reception', 'front-desk')).statusCode, 200, 'and the account is free again');
  t.match(await reason(), /^30分間操作がなかったため/, 'whoever logs in next');
  const other = await cookie('doctor', 'consulting-room');
  const why = async () => ((await app.inject({ url: '/api/session', cookies: other })).json() as { ended?: string }).ended;
  t.equal(await why(), undefined, 'no reason while it lasts');
  await cookie('doctor', 'consulting-room');
  t.match(await why(), /^同じIDで別の画面から/);
});

test('ten wrong passwords in a row make everybody wait there', async (t) => {
  const { login, pass } = await office(t);
  for (let n = 0; n < 10; n += 1) t.equal((await login('reception', `guess-${n}`)).statusCode, 401);
  t.match((await login('reception', 'front-desk')).json(), { code: 'session/too-many-tries' });
  pass(5 * MINUTE);
  t.equal((await login('reception', 'front-desk')).statusCode, 200);
});

test('visits are listed by days of Japan, newest first, up to two years back', async (t) => {
  const { app, store, cookie } = await office(t);
  const cookies = await cookie();
  const yesterday = visit({}, NOON - 24 * HOUR);
  const early = visit({}, Date.parse('2026-04-30T15:00:00Z'));
  const noon = visit();
  for (const message of [yesterday, early, noon]) await store(message);
  const search = async (query: string) => {
    const answer = await app.inject({ url: `/api/visits${query}`, cookies });
    const body = answer.json() as { visits?: { visitId: string }[]; code?: string; field?: string; message?: string };
    return { status: answer.statusCode, ids: body.visits?.map(({ visitId }) => visitId), ...body };
  };
  t.strictSame((await search('')).ids, [noon.visitId, early.visitId], 'today, from midnight in Japan');
  t.strictSame((await search('?from=2026-04-30&to=2026-04-30')).ids, [yesterday.visitId]);
  t.strictSame((await search('?from=2026-04-30')).ids?.length, 3);
  t.strictSame((await search('?from=2026-05-01T03:00:00Z&to=2026-05-01T03:00:00Z')).ids, [noon.visitId]);
  t.match(await search('?from=2024-05-01&to=2026-05-01'), { status: 200 }, 'exactly two years');
  t.match(await search('?from=2024-04-30&to=2026-05-01'), { status: 400, code: 'input/invalid', field: 'from', message: /2024-05-01/ });
  t.match(await search('?from=2026-05-01&to=2026-04-30'), { status: 400, field: 'to' });
  for (const bad of ['2026-02-30', 'yesterday', '', '2026-5-1', '2026-13-01', '20260501']) {
    t.match(await search(`?from=${bad}`), { status: 400, field: 'from' }, bad);
  }
  t.match(await search('?from=2026-05-01&from=2026-05-01'), { status: 400, field: 'from' });
  const [line] = (await search('')).visits ?? [];
  t.match(line, {
    kiosk: KIOSK,
    seq: noon.seq,
    method: 'pin',
    result: 'checked-in',
    number: '3',
    consent: { SRJ: { flag: '1' }, SHJ: { flag: '0' } },
  });
  t.match(line, { at: '2026-05-01T03:00:00.000Z', proof: 'card-signature', patient: { name: noon.patient?.name } });
  t.notOk(JSON.stringify(line).includes('一丁目'), 'the address belongs to the detail');
});

test('the detail holds eligibility with right check digits and the share of the age', async (t) => {
  const { app, store, cookie } = await office(t);
  const cookies = await cookie();
  const detail = async (birthdate: string) => {
    const message = visit({ patient: { name: '架空 ●子', address: '東京都架空区一丁目', birthdate, sex: '2' } });
    await store(message);
    return (await app.inject({ url: `/api/visits/${message.visitId}`, cookies })).json();
  };
  const elder = await detail('1945-01-01');
  t.match(elder, { patient: { address: '東京都架空区一丁目' }, eligibility: { QualificationValidity: '1', ReferenceClassification: '1' } });
  t.match(elder.eligibility.ResultList[0], { InsurerNumber: /^39\d{6}$/, PersonalFamilyClassification: '1', InsuredCardSymbol: undefined });
  t.match(elder.eligibility.ResultList[0].InsuredPartialContributionRatio, /^0[123]0$/);
  t.match((await detail('2024-01-01')).eligibility.ResultList[0], {
    InsuredPartialContributionRatio: '020',
    PreschoolClassification: '1',
    PersonalFamilyClassification: '2',
  });
  const adult = await detail('1980-01-01');
  t.match(adult.eligibility.ResultList[0], { InsuredPartialContributionRatio: '030', Name: '架空 ●子', Birthdate: '19800101' });
  t.strictSame((await detail('1980-01-01')).eligibility, adult.eligibility, 'the same holder has the same numbers');
  const { InsurerNumber, InsuredCardSymbol, InsuredIdentificationNumber } = adult.eligibility.ResultList[0];
  const typed = await app.inject({
    method: 'POST',
    url: '/api/eligibility',
    cookies,
    payload: { InsurerNumber, InsuredCardSymbol, InsuredIdentificationNumber },
  });
  t.strictSame(typed.json().ResultList, adult.eligibility.ResultList, 'and is found by them');
  t.equal((await app.inject({ url: '/api/visits/none-such', cookies })).statusCode, 404);
});

test('eligibility by insurance numbers knows valid, invalid, replaced, several, unregistered and none', async (t) => {
  const { app, cookie } = await office(t);
  const cookies = await cookie();
  const ask = async (payload: object) => app.inject({ method: 'POST', url: '/api/eligibility', cookies, payload });
  const validity = async (payload: object) => (await ask(payload)).json().QualificationValidity;
  t.equal(await validity(SPECIMEN.valid), '1');
  t.equal(await validity(SPECIMEN.invalid), '2');
  t.equal(await validity(SPECIMEN.replaced), '3');
  t.equal(await validity(SPECIMEN.several), '5');
  t.equal(await validity({ ...SPECIMEN.several, InsuredBranchNumber: '01' }), '1', 'the branch number decides');
  t.equal(await validity(SPECIMEN.unregistered), '6');
  t.match((await ask({ ...SPECIMEN.valid, InsuredIdentificationNumber: '999' })).json(), { QualificationValidity: '4', ResultList: [] });
  t.equal(await validity({ ...SPECIMEN.valid, InsurerNumber: '０６９９-２０１０' }), '1', 'full width and hyphens are read');
  const wrong = async (payload: object) => {
    const answer = await ask(payload);
    return [answer.statusCode, answer.json().code, answer.json().field];
  };
  t.strictSame(await wrong({ ...SPECIMEN.valid, InsurerNumber: '06992011' }), [400, 'input/invalid', 'InsurerNumber'], 'check digit');
  t.strictSame(await wrong({ ...SPECIMEN.valid, InsurerNumber: 5 }), [400, 'input/invalid', 'InsurerNumber']);
  t.strictSame(await wrong({ InsurerNumber: '06992010' }), [400, 'input/invalid', 'InsuredIdentificationNumber']);
  t.strictSame(await wrong({ ...SPECIMEN.valid, InsuredBranchNumber: 'abc' }), [400, 'input/invalid', 'InsuredBranchNumber']);
  for (const Birthdate of ['2030-01-01', '1850-01-01', '1980-02-30', 'R99.1.1'])
    t.strictSame(await wrong({ ...SPECIMEN.valid, Birthdate }), [400, 'input/invalid', 'Birthdate'], Birthdate);
  const { Birthdate: born } = (await ask(SPECIMEN.valid)).json().ResultList[0];
  const era = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
    timeZone: 'UTC',
    era: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  });
  const day = new Date(`${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}T00:00:00Z`);
  t.equal(await validity({ ...SPECIMEN.valid, Birthdate: era.format(day) }), '1', 'by the era, as on the card');
  t.equal(await validity({ ...SPECIMEN.valid, Birthdate: 'S1.12.25' }), '4', 'somebody else’s');
  t.strictSame(await wrong({ ...SPECIMEN.valid, extra: 1 }), [400, 'input/invalid', 'extra']);
});

test('medical information: the medical account, the consented items, 24 hours', async (t) => {
  const { app, store, cookie, pass, db } = await office(t);
  const at = new Date(NOON).toISOString();
  const some = visit({
    consent: { SRJ: { flag: '1', consentedAt: at }, SHJ: { flag: '0', consentedAt: at }, TKK: { flag: '1', consentedAt: at } },
  });
  const none = visit({ consent: { SRJ: { flag: '0' }, YZK: { flag: '0' } } });
  await store(some);
  await store(none);
  const asReception = await cookie();
  t.match((await app.inject({ url: '/api/consented', cookies: asReception })).json(), { code: 'session/forbidden' });
  t.equal((await app.inject({ url: `/api/consented/${some.visitId}/checkups`, cookies: asReception })).statusCode, 403);
  let cookies = await cookie('doctor', 'consulting-room');
  const list = async () => (await app.inject({ url: '/api/consented', cookies })).json().patients as { id: string; items: string[] }[];
  const read = async (id: string, page: string) => {
    const answer = await app.inject({ url: `/api/consented/${id}/${page}`, cookies });
    return { status: answer.statusCode, ...answer.json() };
  };
  t.match(await list(), [{ id: some.visitId, items: ['SRJ', 'TKK'], availableUntil: '2026-05-02T03:00:00.000Z' }]);
  t.match(await read(some.visitId, 'checkups'), { status: 200, checkups: [{ bmi: Number }, {}, {}] });
  const { procedures } = await read(some.visitId, 'procedures');
  t.ok(procedures.length > 0);
  t.notOk(
    procedures.some(({ kind }: { kind: string }) => kind === 'surgery'),
    'surgery was not agreed to',
  );
  t.match(await read(some.visitId, 'medications'), { status: 403, code: 'consent/not-given' });
  t.match(await read(none.visitId, 'procedures'), { status: 403, code: 'consent/not-given' });
  t.match(await read('none-such', 'checkups'), { status: 404 });
  pass(24 * HOUR - 1);
  cookies = await cookie('doctor', 'consulting-room');
  t.equal((await read(some.visitId, 'checkups')).status, 200, 'the last moment');
  pass(1);
  t.match(await read(some.visitId, 'checkups'), { status: 410, code: 'consent/expired' });
  t.strictSame(await list(), []);
  const looks = db.prepare("SELECT account, visit_id FROM audit WHERE action LIKE 'medical/%'").all() as {
    account: string;
    visit_id: string;
  }[];
  t.strictSame(
    looks.map(({ account, visit_id }) => [account, visit_id]),
    [1, 2, 3].map(() => ['doctor', some.visitId]),
    'each look is written down',
  );
});

test('commands go to known kiosks, and approving needs the one patient it is for', async (t) => {
  const { app, cookie, commands, kiosks, db } = await office(t);
  const cookies = await cookie();
  const order = async (kiosk: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/api/kiosks/${kiosk}/command`, cookies, payload });
    return [answer.statusCode, answer.json().code, answer.json().field];
  };
  t.strictSame(await order(KIOSK, { command: 'identify' }), [202, undefined, undefined]);
  t.strictSame(await order('kiosk-9', { command: 'identify' }), [404, 'kiosk/unknown', undefined]);
  t.strictSame(await order(KIOSK, { command: 'explode' }), [400, 'input/invalid', 'command']);
  t.strictSame(await order(KIOSK, { command: 'approve-visual' }), [400, 'input/invalid', 'visitId']);
  const { id, seq, visitId } = visit();
  const times = { issuedAt: '2026-05-01T03:00:00Z', expiresAt: '2026-05-01T03:01:00Z' };
  kiosks.asked(KIOSK, {
    v: 1,
    id,
    site: 'clinic',
    kiosk: KIOSK,
    seq,
    bootId: BOOT,
    ...times,
    type: 'request',
    ask: 'approve-visual',
    visitId,
  });
  t.strictSame(await order(KIOSK, { command: 'approve-visual' }), [202, undefined, undefined]);
  t.strictSame(commands, [
    { kiosk: KIOSK, name: 'identify' },
    { kiosk: KIOSK, name: 'approve-visual', visitId },
  ]);
  t.equal(kiosks.view(KIOSK)?.request, undefined, 'asked once, approved once');
  t.match(db.prepare("SELECT account, visit_id FROM audit WHERE action = 'command/approve-visual'").get(), {
    account: 'reception',
    visit_id: visitId,
  });
});

test('bad requests get {code, message} and never a crash', async (t) => {
  const { app, login } = await office(t);
  const post = async (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/api/login', payload, headers: { 'content-type': type } });
  for (const [payload, type, status] of [
    ['{"id": ', 'application/json', 400],
    ['', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['null', 'application/json', 400],
    ['{"id":"reception"}', 'application/json', 400],
    ['{"id":{},"password":[]}', 'application/json', 400],
    ['{"__proto__":{"id":1}}', 'application/json', 400],
    ['id=reception', 'application/x-www-form-urlencoded', 415],
    ['{"id":"reception","password":"front-desk"}', 'text/plain', 415],
    [JSON.stringify({ id: 'x'.repeat(20_000) }), 'application/json', 413],
  ] as const) {
    const answer = await post(payload, type);
    t.equal(answer.statusCode, status, payload.slice(0, 30));
    t.match(answer.json(), { code: 'input/invalid', message: String, field: String });
  }
  t.match((await app.inject('/api/none-such')).json(), { code: 'http/not-found' });
  t.equal((await app.inject({ method: 'POST', url: '/api/health', payload: {} })).statusCode, 404);
  t.equal((await login('reception', 'front-desk')).statusCode, 200, 'still serving');
});

test('the page and its files are served with headers that keep other sites out', async (t) => {
  const { app } = await office(t);
  const page = await app.inject('/');
  t.match(page.headers, {
    'content-type': /text\/html/,
    'content-security-policy': /frame-ancestors 'none'/,
    'x-content-type-options': 'nosniff',
  });
  const links = [...page.body.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const scripts = [
    '/api.js',
    '/dom.js',
    '/words.js',
    '/login.js',
    '/visits.js',
    '/detail.js',
    '/kiosks.js',
    '/insurance.js',
    '/medical.js',
  ];
  for (const path of [...links, ...scripts, '/fonts/bold.ttf', '/fonts/rare.ttf']) t.equal((await app.inject(path)).statusCode, 200, path);
  t.equal((await app.inject('/../package.json')).statusCode, 404);
  t.equal((await app.inject('/assets.ts')).statusCode, 404);
});

test('whoever asks without end is told to wait, and nobody else is', async (t) => {
  const { app } = await office(t);
  const ask = (remoteAddress: string) => app.inject({ url: '/api/health', remoteAddress });
  let asked = 0;
  let answer = await ask('192.0.2.7');
  for (; answer.statusCode === 200 && asked < 10_000; asked += 1) answer = await ask('192.0.2.7');
  t.equal(answer.statusCode, 429, `after ${asked} questions in a minute`);
  t.match(answer.json(), { code: 'http/too-many', message: /少し待ってから/ });
  t.equal((await ask('192.0.2.8')).statusCode, 200);
});
