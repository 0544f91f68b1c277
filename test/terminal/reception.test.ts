import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'iconv-lite';
import Database from 'libsql';
import { test } from 'tap';
import { silentLog } from '../../src/core/log.ts';
import { isInsurerNumber } from '../../src/terminal/eligibility/numbers.ts';
import { population, qualificationOn } from '../../src/terminal/eligibility/population.ts';
import type { EligibilityAnswer, Qualification } from '../../src/terminal/eligibility/ports.ts';
import { FACE_FILE, type FaceResult, RESULT_FIELDS, readFaceFile, writeFaceFile } from '../../src/terminal/exchange/face-file.ts';
import { createFolderRegistry, dropFile } from '../../src/terminal/exchange/folder.ts';
import { createHandover } from '../../src/terminal/exchange/handover.ts';
import type { AuditRow } from '../../src/terminal/store/audit.ts';
import { createLockout } from '../../src/terminal/store/lockout.ts';
import { office } from './fixtures/office.ts';
import { HOUR, handClock, KIOSK, NOON, temporary, visit } from './fixtures/site.ts';

test('a first start asks for new accounts, at this machine only, and an administrator among them', async (t) => {
  const { app, login } = await office(t, undefined, true);
  const setup = (accounts: unknown, more: object = {}) =>
    app.inject({ method: 'POST', url: '/api/setup', headers: { host: '127.0.0.1:8090' }, payload: { accounts }, ...more });
  const chief = { id: 'chief', role: 'admin', password: 'machine-room' };
  t.match((await app.inject('/api/session')).json(), { accountsExist: false, demoAccounts: [] });
  t.match((await setup([{ ...chief, role: 'reception' }])).json(), { field: 'accounts', message: /管理者/ });
  t.match(
    (await setup([{ ...chief, id: '', password: '' }])).json(),
    { fields: { 'accounts.0.id': 'IDを入力してください', 'accounts.0.password': /8文字以上/ } },
    'every wrong field at once',
  );
  t.match((await setup([{ ...chief, password: 'short' }])).json(), { field: 'accounts.0.password', message: /8文字以上/ });
  t.match((await setup([{ id: 'chief-chief', role: 'admin', password: 'chief-chief' }])).json(), { message: /IDと同じ/ });
  t.equal((await setup([chief], { remoteAddress: '192.168.1.7' })).statusCode, 403, 'not from elsewhere');
  t.equal((await setup([chief], { headers: { host: 'evil.example' } })).statusCode, 403, 'nor by another name');
  t.equal((await setup([chief, { id: 'desk', role: 'reception', password: 'front-desk' }])).statusCode, 200);
  t.equal((await login('desk', 'front-desk')).statusCode, 200);
  t.equal((await setup([chief])).statusCode, 409, 'once only');
});

test('each role sees its own part and nothing else', async (t) => {
  const { app, cookie, store, kiosks } = await office(t);
  await store(visit());
  kiosks.brokerIs('connected');
  kiosks.asked(KIOSK, {
    ...visit(),
    type: 'request',
    ask: 'approve-visual',
    patient: { name: '架空', birthdate: '1951-04-01', sex: '2' },
  } as never);
  const [desk, doctor, chief] = [await cookie(), await cookie('doctor', 'consulting-room'), await cookie('chief', 'machine-room')];
  const status = async (url: string, cookies: Record<string, string>) => (await app.inject({ url, cookies })).statusCode;
  t.strictSame(
    [await status('/api/visits', desk), await status('/api/visits', doctor), await status('/api/visits', chief)],
    [200, 200, 403],
  );
  t.strictSame(
    [await status('/api/consented', desk), await status('/api/consented', doctor), await status('/api/consented', chief)],
    [403, 200, 403],
  );
  t.strictSame(
    [await status('/api/accounts', desk), await status('/api/audit', doctor), await status('/api/audit', chief)],
    [403, 403, 200],
  );
  t.match((await app.inject({ url: '/api/kiosks', cookies: desk })).json().kiosks[0].request, { patient: { name: '架空' } });
  t.equal(
    (await app.inject({ url: '/api/kiosks', cookies: chief })).json().kiosks[0].request,
    undefined,
    'no patient for the administrator',
  );
  const approve = { method: 'POST', url: `/api/kiosks/${KIOSK}/command`, payload: { command: 'approve-visual' } } as const;
  t.equal((await app.inject({ ...approve, cookies: chief })).statusCode, 403);
  t.equal((await app.inject({ ...approve, cookies: desk })).statusCode, 202);
});

test('an administrator adds, changes and removes accounts; whoever was logged in with the old one is out', async (t) => {
  const { app, cookie, login } = await office(t);
  const cookies = await cookie('chief', 'machine-room');
  const put = (payload: object) => app.inject({ method: 'POST', url: '/api/accounts', cookies, payload });
  const desk = await cookie();
  const taken = await put({ id: 'reception', role: 'reception', password: 'another-word' });
  t.match([taken.statusCode, taken.json()], [409, { code: 'account/exists', field: 'id', message: /もう使われています/ }]);
  t.equal((await app.inject({ url: '/api/visits', cookies: desk })).statusCode, 200, 'nothing has happened to who has the ID');
  t.strictSame((await put({ id: 'reception', password: 'another-word', change: true })).json(), { id: 'reception', role: 'reception' });
  t.equal((await app.inject({ url: '/api/visits', cookies: desk })).statusCode, 401);
  t.equal((await login('reception', 'another-word')).statusCode, 200);
  t.match((await put({ id: 'doctor', password: 'another-word', change: true })).json(), { role: 'medical' }, 'the role stays');
  t.equal((await login('doctor', 'another-word')).statusCode, 200);
  t.match((await put({ id: 'none-such', password: 'another-word', change: true })).json(), { code: 'account/unknown', field: 'id' });
  t.match((await put({ id: 'desk-2', password: 'another-word' })).json(), { field: 'role' });
  t.match((await put({ id: '', role: 'reception', password: '' })).json(), {
    fields: { id: 'IDを入力してください', password: /8文字以上/ },
  });
  t.match((await put({ id: 'Desk 2', role: 'reception', password: 'another-word' })).json(), { field: 'id' });
  t.match((await put({ id: 'chief', role: 'reception', password: 'another-word', change: true })).json(), { field: 'role' }, 'not oneself');
  t.match((await app.inject({ method: 'DELETE', url: '/api/accounts/chief', cookies })).json(), { message: /最後の管理者/ });
  t.equal((await app.inject({ method: 'DELETE', url: '/api/accounts/doctor', cookies })).statusCode, 200);
  t.equal((await login('doctor', 'another-word')).statusCode, 401);
});

test('the record of who saw what can only grow, and any change of it shows', async (t) => {
  const directory = temporary(t);
  const { app, cookie, store, db, audit } = await office(t, undefined, false, handClock(), directory);
  const message = visit();
  await store(message);
  const cookies = await cookie();
  await app.inject({ url: '/api/visits', cookies });
  await app.inject({ url: `/api/visits/${message.visitId}`, cookies });
  await app.inject({ method: 'POST', url: '/api/login', payload: { id: 'my-password-by-mistake', password: 'x' } });
  const chief = await cookie('chief', 'machine-room');
  const { entries } = (await app.inject({ url: '/api/audit', cookies: chief })).json();
  t.match((await app.inject({ url: '/api/audit/chain', cookies: chief })).json(), { brokenAt: null, head: { row: entries[0].row } });
  t.match(
    entries.map(({ action }: { action: string }) => action),
    ['audit/read', 'login-forced', 'login-wrong', 'visit/open', 'visits/list'],
  );
  t.match(entries[3], { account: 'reception', visitId: message.visitId });
  const { number } = (await app.inject({ url: `/api/visits/${message.visitId}`, cookies: await cookie() })).json();
  t.strictSame(Object.keys(entries[3].visit).sort(), ['at', 'kiosk', 'number'], 'which reception, and nothing of the patient');
  t.match(entries[3].visit, { number, kiosk: KIOSK });
  t.equal(entries[4].detail, '2026-05-01/2026-05-01', 'the days that were listed');
  const only = async (query: string) => (await app.inject({ url: `/api/audit?${query}`, cookies: chief })).json().entries as AuditRow[];
  t.strictSame([...new Set((await only('account=chief')).map((one) => one.account))], ['chief']);
  t.strictSame([...new Set((await only(`visit=${message.visitId}`)).map((one) => one.visitId))], [message.visitId]);
  t.strictSame(await only('day=2026-04-30'), []);
  t.ok((await only('day=2026-05-01')).length > 4);
  t.match((await app.inject({ url: '/api/audit?day=zzz', cookies: chief })).json(), { field: 'day' });
  t.equal(entries[2].account, '-', 'what was typed instead of an id is not kept');
  t.throws(() => db.exec('DELETE FROM audit'), /append-only/);
  t.throws(() => db.exec("UPDATE audit SET account = 'nobody'"), /append-only/);
  // Somebody with the file itself can drop the triggers: the chain tells.
  const other = new Database(join(directory, 'terminal.db'));
  other.exec("DROP TRIGGER audit_stays; UPDATE audit SET account = 'nobody' WHERE row = 3");
  other.close();
  t.equal(await audit.brokenAt(), 3);
});

test('a long record is read page by page, and checked to its end', async (t) => {
  const directory = temporary(t);
  const { app, cookie, audit } = await office(t, undefined, false, handClock(), directory);
  for (let n = 0; n < 1100; n += 1) audit.add({ account: 'reception', action: 'visits/list' });
  const cookies = await cookie('chief', 'machine-room');
  const rows: number[] = [];
  for (let url = '/api/audit'; ; ) {
    const { entries, before } = (await app.inject({ url, cookies })).json() as { entries: { row: number }[]; before?: number };
    rows.push(...entries.map(({ row }) => row));
    if (before === undefined) break;
    url = `/api/audit?before=${before}`;
  }
  const newest = audit.head().row;
  t.strictSame(
    rows,
    Array.from({ length: newest }, (_, index) => newest - index),
    'each row once, newest first',
  );
  t.equal(await audit.brokenAt(), undefined);
  const other = new Database(join(directory, 'terminal.db'));
  other.exec('DROP TRIGGER audit_keeps; DELETE FROM audit WHERE row = 1050');
  other.close();
  t.match((await app.inject({ url: '/api/audit/chain', cookies })).json(), { brokenAt: 1050 });
  t.equal((await app.inject({ url: '/api/audit/chain', cookies: await cookie() })).statusCode, 403, 'the administrator’s alone');
});

test('a session outlives a restart, an idle one does not, and a machine that was off does not lock its staff out', async (t) => {
  const clinic = handClock();
  const directory = temporary(t);
  const before = await office(t, undefined, false, clinic, directory);
  const cookies = await before.cookie();
  const stored = JSON.stringify(before.db.prepare('SELECT * FROM sessions').all());
  t.notOk(stored.includes(cookies['kazashi-session']), 'only a hash is on the disk');
  const again = await office(t, undefined, false, clinic, directory);
  t.equal((await again.app.inject({ url: '/api/visits', cookies })).statusCode, 200);
  t.equal((await again.login('reception', 'front-desk')).statusCode, 409, 'the page is still open');
  const third = await office(t, undefined, false, clinic, directory);
  t.equal((await third.login('reception', 'front-desk')).statusCode, 200, 'nobody was seen since the start');
  clinic.pass(31 * 60_000);
  const fourth = await office(t, undefined, false, clinic, directory);
  t.equal((await fourth.app.inject({ url: '/api/visits', cookies })).statusCode, 401);
});

test('wrong passwords make the next wait twice as long, also across a restart, until the right one', async (t) => {
  const { db, clock, pass } = await office(t);
  const lockout = createLockout(db, () => clock.now());
  for (let n = 0; n < 10; n += 1) lockout.failed('desk');
  t.equal(lockout.waitMs('desk'), 60_000);
  pass(60_000);
  t.equal(lockout.waitMs('desk'), 0);
  lockout.failed('desk');
  t.equal(createLockout(db, () => clock.now()).waitMs('desk'), 120_000);
  for (let n = 0; n < 30; n += 1) lockout.failed('desk');
  t.equal(lockout.waitMs('desk'), 30 * 60_000, 'never longer than half an hour');
  t.equal(lockout.waitMs('other'), 0);
  lockout.passed('desk');
  t.equal(lockout.waitMs('desk'), 0);
});

test('another site cannot act, and pages carry a policy that runs nothing of others', async (t) => {
  const { app, cookie } = await office(t);
  const cookies = await cookie();
  const post = (origin: string) =>
    app.inject({ method: 'POST', url: '/api/logout', cookies, headers: { origin, host: 'terminal:8090' }, payload: {} });
  t.match((await post('http://evil.example')).json(), { code: 'http/other-site' });
  t.equal((await post('null')).statusCode, 403);
  t.equal((await app.inject({ url: '/api/visits', cookies })).statusCode, 200, 'still logged in');
  t.equal((await post('http://terminal:8090')).statusCode, 200);
  const policy = String((await app.inject('/')).headers['content-security-policy']);
  t.match(policy, /default-src 'none'.*script-src 'self'/);
  t.notMatch(policy, /unsafe/);
});

test('lists go page by page, and a part of a name or the number finds a patient without a name in any address', async (t) => {
  const { app, cookie, store } = await office(t);
  for (let n = 0; n < 5; n += 1)
    await store(visit({ patient: { name: `見本　太郎${n}`, address: '', birthdate: '1980-04-10', sex: '1' } }, NOON + n));
  await store(visit({ patient: { name: '渡辺　●', address: '', birthdate: '1980-04-10', sex: '1' } }, NOON + 9));
  const cookies = await cookie();
  const get = async (query: string) => (await app.inject({ url: `/api/visits${query}`, cookies })).json();
  const first = await get('?limit=4');
  t.match([first.visits.length, first.total, typeof first.next], [4, 6, 'string']);
  const second = await get(`?limit=4&after=${first.next}`);
  t.match([second.visits.length, second.total, second.next], [2, 6, undefined]);
  t.equal(new Set([...first.visits, ...second.visits].map(({ visitId }: { visitId: string }) => visitId)).size, 6);
  t.match(await get('?limit=0'), { field: 'limit' });
  t.match(await get('?after=x'), { field: 'after' });
  const search = async (text: string) =>
    (await app.inject({ method: 'POST', url: '/api/visits/search', cookies, payload: { text } }))
      .json()
      .visits.map((one: { number: string }) => one.number);
  t.strictSame(await search('太郎3'), ['4'], 'the middle of a name');
  t.strictSame(await search('見本太郎'), ['5', '4', '3', '2', '1'], 'blanks do not matter');
  t.strictSame(await search('6'), ['6'], 'the reception number');
  t.strictSame(await search('" OR *'), [], 'text is never a query language');
});

test('an ended insurance makes the patient see reception, whatever the card says', async (t) => {
  const { store } = await office(t);
  const holder = (name: string, birthdate: string, sex: '1' | '2') => store(visit({ patient: { name, address: '', birthdate, sex } }));
  t.match((await holder('見本　太郎', '1980-04-10', '1')).visit, { result: 'checked-in', validity: '1' });
  t.match((await holder('見本　次郎', '1975-08-01', '1')).visit, { result: 'see-reception', validity: '2' });
  t.match((await holder('見本　花子', '1990-12-24', '2')).visit, { result: 'see-reception', validity: '3' });
  t.match((await holder('見本　新', '2000-02-29', '1')).visit, { result: 'checked-in', validity: '6' });
  const { patient: _closed, ...nameless } = visit();
  t.match((await store(nameless)).visit, { result: 'see-reception', validity: '4' }, 'the card face stayed closed: nobody was found');
});

test('the invented people show every age, share and answer, with check digits that are right', async (t) => {
  const people = population(400);
  t.strictSame(population(400), people, 'the same for ever');
  t.strictSame([...new Set(people.map(({ validity }) => validity))].sort(), ['1', '2', '3', '6']);
  t.ok(people.every(({ fixed }) => isInsurerNumber(String(fixed.InsurerNumber))));
  const results = people.map((one) => qualificationOn(one, '2026-05-01'));
  const kinds = (of: (one: Qualification) => string | undefined): unknown[] => [...new Set(results.map(of))].filter(Boolean).sort();
  t.strictSame(
    kinds((one) => one.InsuredPartialContributionRatio),
    ['010', '020', '030'],
  );
  t.strictSame(
    kinds((one) => one.InsuredCertificateClassification),
    ['01', '05', '06', '07', 'A1'],
  );
  t.strictSame(
    kinds((one) => one.ReasonOfLoss),
    ['01', '02', '03', '99'],
  );
  t.strictSame(
    kinds((one) => one.SpecificDiseasesCertificateList?.[0]?.SpecificDiseasesDiseaseCategory),
    ['1', '2', '3'],
  );
  const limits = kinds((one) => one.LimitApplicationCertificateRelatedInfo?.LimitApplicationCertificateClassificationFlag);
  t.strictSame(
    limits,
    [...'123456']
      .map((n) => `A0${n}`)
      .concat(
        [...'123456789'].map((n) => `B0${n}`),
        'B10',
      ),
  );
  for (const field of RESULT_FIELDS.filter((one) => one !== 'ReferenceNumber'))
    t.ok(
      results.some((one) => one[field] !== undefined),
      field,
    );
  const { app, cookie } = await office(t);
  const cookies = await cookie();
  const ask = async (payload: object) => (await app.inject({ method: 'POST', url: '/api/eligibility', cookies, payload })).json();
  const shared = { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '5' };
  t.match(await ask(shared), { QualificationValidity: '5', ResultList: [{}, {}] });
  t.match(await ask({ ...shared, Birthdate: '2015-03-03' }), { QualificationValidity: '1', ResultList: [{ Name: '見本　さくら' }] });
  t.match(await ask({ ...shared, Birthdate: '1999-01-01' }), { QualificationValidity: '4' });
  t.match(await ask({ ...shared, Birthdate: '2015-02-30' }), { field: 'Birthdate' });
});

const RESULT: FaceResult = {
  institution: '1234567890',
  at: NOON,
  kiosk: KIOSK,
  seq: 12,
  visitId: '019b0f3e-7d10-7b2c-9d3e-4f5a6b7c8d9e',
  answer: {
    ReferenceClassification: '1',
    QualificationValidity: '1',
    ResultList: [
      {
        InsurerNumber: '06992010',
        InsurerName: '架空 & 商事 <健保>',
        InsuredCardSymbol: '１００１',
        InsuredIdentificationNumber: '0012',
        InsuredBranchNumber: '00',
        PersonalFamilyClassification: '1',
        InsuredCertificateClassification: '01',
        InsuredName: '見本　太郎',
        Name: '見本　太郎',
        NameKana: 'ミホン　タロウ',
        Sex1: '1',
        Birthdate: '19800410',
        Address: '架空県～番地',
        QualificationDate: '20200401',
        InsuredCertificateIssuanceDate: '20200401',
        InsuredPartialContributionRatio: '030',
        SpecificDiseasesCertificateList: [{ SpecificDiseasesDiseaseCategory: '1' }],
        LimitApplicationCertificateRelatedInfo: { LimitApplicationCertificateClassificationFlag: 'A03' },
      },
    ],
    source: 'exchange',
  },
  consent: {
    PharmacistsInfo: { ConsFlg: '1', ConsTime: '20260501120000', AvailableTime: '20260502120000' },
    DiagnosisInfo: { ConsFlg: '0' },
  },
  prescription: '1',
};

test('a result crosses the scheme’s file and comes back the same; what Shift_JIS lacks becomes ●; what is left out is not there', (t) => {
  t.strictSame(readFaceFile(writeFaceFile(RESULT)), RESULT);
  const [one] = RESULT.answer.ResultList;
  const old = { ...RESULT, answer: { ...RESULT.answer, ResultList: [{ ...one, Name: '𠮷田　葛󠄀子😀', Address: 'x' } as never] } };
  t.equal(readFaceFile(writeFaceFile(old)).answer.ResultList[0]?.Name, '●田　葛子●');
  const text = decode(Buffer.from(writeFaceFile(old, new Set(['Name', 'Address']))), 'Shift_JIS');
  t.match(text, /^<\?xml version="1.0" encoding="Shift_JIS"/);
  t.notMatch(text, /<Name>|<Address>/);
  t.match(text, /<InsuredName>/);
  for (const bytes of [
    Buffer.from('not XML'),
    Buffer.from('<XmlMsg/>'),
    Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><XmlMsg>&a;</XmlMsg>'),
    writeFaceFile(RESULT).subarray(0, 400),
  ]) {
    t.throws(() => readFaceFile(bytes), { code: 'input/invalid' });
  }
  t.end();
});

test('results reach the folder of the reception system whole and once; doubtful ones wait for staff, who leave items out', async (t) => {
  const folder = join(temporary(t), 'exchange');
  const { app, cookie, store, inbox, db, clock } = await office(t, folder);
  const clean = visit({ patient: { name: '見本　太郎', address: '', birthdate: '1980-04-10', sex: '1' } });
  const doubtful = visit();
  // Unicode has this 吉, Shift_JIS has not: in the file it would be a 「●」 that nobody was asked about.
  const rare = visit({ patient: { name: '𠮷田　花子', address: '架空県架空市', birthdate: '1980-04-10', sex: '2' } });
  const handover = createHandover({ db, inbox, folder, institution: '1234567890', log: silentLog, clock, random: () => 0 });
  handover.start();
  for (const one of [clean, doubtful, rare]) handover.arrived((await store(one)).visit as never, inbox.eligibility(one.visitId));
  t.equal(readdirSync(folder).length, 1, 'only the clean one goes by itself');
  const cookies = await cookie();
  t.match((await app.inject({ url: `/api/visits/${rare.visitId}`, cookies })).json(), {
    doubtful: ['InsuredName', 'Name'],
    handover: undefined,
  });
  const give = (id: string, leaveOut: string[]) =>
    app.inject({ method: 'POST', url: `/api/visits/${id}/handover`, cookies, payload: { leaveOut } });
  t.equal(inbox.find(doubtful.visitId)?.patient?.name.includes('●'), true);
  t.equal((await give(doubtful.visitId, ['Nonsense'])).statusCode, 400);
  renameSync(folder, `${folder}-away`);
  writeFileSync(folder, 'a file where the folder was');
  t.match(
    (await give(doubtful.visitId, [])).json(),
    { code: 'storage/unwritable', message: /フォルダー/ },
    'staff are told what to look at',
  );
  rmSync(folder);
  renameSync(`${folder}-away`, folder);
  t.match((await give(doubtful.visitId, ['Name', 'Address'])).json(), { file: FACE_FILE, leftOut: ['Name', 'Address'], base64: undefined });
  await give(doubtful.visitId, ['Name']);
  const files = readdirSync(folder);
  t.equal(files.length, 2, 'the same visit has one file');
  const taken = files.map((file) => readFaceFile(readFileSync(join(folder, file)))).find(({ visitId }) => visitId === doubtful.visitId);
  t.match(taken, { institution: '1234567890', kiosk: KIOSK, visitId: doubtful.visitId, answer: { ResultList: [{ Name: '' }] } });
  t.match((await app.inject({ url: `/api/visits/${doubtful.visitId}`, cookies })).json(), {
    handover: { account: 'reception', leftOut: ['Name'] },
  });
});

test('results that could not reach the folder follow by themselves when it is back, each once, and it is said meanwhile', async (t) => {
  const folder = join(temporary(t), 'exchange');
  const { store, inbox, db, clock: hand, troubles } = await office(t, folder);
  const timers: [() => void, number][] = [];
  const clock = { ...hand, setTimeout: (run: () => void, ms: number) => timers.push([run, ms]) };
  const said: boolean[] = [];
  const onFailing = (failing: boolean): void => {
    said.push(failing);
    troubles.set('exchange', failing);
  };
  const handover = createHandover({ db, inbox, folder, institution: '1234567890', log: silentLog, clock, random: () => 0.5, onFailing });
  const patient = { name: '見本　太郎', address: '', birthdate: '1980-04-10', sex: '1' } as const;
  const arrive = async () => {
    const one = visit({ patient });
    handover.arrived((await store(one)).visit as never, inbox.eligibility(one.visitId));
  };
  handover.start();
  await arrive();
  renameSync(folder, `${folder}-away`);
  await arrive();
  await arrive();
  t.strictSame([said, troubles.list], [[true], ['exchange']]);
  timers.at(-1)?.[0]();
  timers.at(-1)?.[0]();
  const pauses = timers.map(([, ms]) => ms);
  t.ok(
    pauses.every((ms, index) => index === 0 || ms > (pauses[index - 1] ?? 0)),
    'less and less often',
  );
  t.equal(existsSync(folder), false, 'no folder is made where a share should be');
  renameSync(`${folder}-away`, folder);
  timers.at(-1)?.[0]();
  t.equal(readdirSync(folder).length, 3);
  t.strictSame([said, troubles.list], [[true, false], []]);
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  await arrive();
  handover.start();
  t.equal(readdirSync(folder).length, 1, 'what the reception system took is not given again');

  writeFileSync(`${folder}-slip`, 'no folder');
  const slip = createHandover({
    db,
    inbox,
    folder: `${folder}-slip`,
    institution: '1234567890',
    log: silentLog,
    clock,
    random: () => 0,
    onFailing,
  });
  slip.start();
  t.equal(said.at(-1), true, 'a path that is no folder is said at the start');
  const tries = timers.length;
  slip.stop();
  timers.at(-1)?.[0]();
  t.equal(timers.length, tries, 'and after the stop nothing is tried');
});

test('a result that cannot be written as a file keeps no other from its way', async (t) => {
  const folder = join(temporary(t), 'exchange');
  const { store, inbox, db, clock } = await office(t, folder);
  const said: boolean[] = [];
  const onFailing = (failing: boolean) => void said.push(failing);
  const handover = createHandover({ db, inbox, folder, institution: '1234567890', log: silentLog, clock, random: () => 0, onFailing });
  handover.start();
  const patient = { name: '見本　太郎', address: '', birthdate: '1980-04-10', sex: '1' } as const;
  const [bad, good] = [visit({ patient }), visit({ patient })];
  const broken = { ...(inbox.eligibility((await store(bad)).visit?.visitId ?? '') as EligibilityAnswer), ResultList: [null] };
  handover.arrived(inbox.find(bad.visitId) as never, broken as never);
  handover.arrived((await store(good)).visit as never, inbox.eligibility(good.visitId));
  t.equal(readdirSync(folder).length, 1);
  t.strictSame(said, [], 'and the folder is not blamed');
});

test('eligibility can come from the files another terminal drops, a broken one passed over', async (t) => {
  const folder = join(temporary(t), 'in');
  mkdirSync(folder);
  dropFile(folder, 'OQSsiquc01res_face_123456789000112233445566778899_20260501120000.xml', writeFaceFile(RESULT));
  writeFileSync(join(folder, 'OQSsiquc01res_face_123456789000112233445566778899_20260501130000.xml'), '<XmlMsg>');
  const registry = createFolderRegistry(folder);
  const patient = { name: '見本 太郎', address: '', birthdate: '1980-04-10', sex: '1' } as const;
  t.match(await registry.byCard(patient, '2026-05-01'), {
    QualificationValidity: '1',
    source: 'exchange',
    ResultList: [{ InsurerNumber: '06992010' }],
  });
  t.match(await registry.byCard({ ...patient, birthdate: '1980-04-11' }, '2026-05-01'), { QualificationValidity: '4' });
  t.match(
    await registry.byNumbers({ InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '0012' }, '2026-05-01'),
    { QualificationValidity: '1', ReferenceClassification: '2' },
  );
  t.throws(() => dropFile(join(folder, 'OQSsiquc01res_face_123456789000112233445566778899_20260501130000.xml'), 'x', new Uint8Array(1)), {
    code: 'storage/unwritable',
  });
});

test('consent ends at its very minute, whichever way it is asked for', async (t) => {
  const { app, cookie, store, pass } = await office(t);
  const message = visit();
  await store(message);
  pass(24 * HOUR - 1);
  const cookies = await cookie('doctor', 'consulting-room');
  const list = async () => (await app.inject({ url: '/api/consented', cookies })).json().patients.length;
  const read = async () => (await app.inject({ url: `/api/consented/${message.visitId}/medications`, cookies })).statusCode;
  t.strictSame([await list(), await read()], [1, 200]);
  pass(1);
  t.strictSame([await list(), await read()], [0, 410]);
});

test('the record says how a search was made, and nothing that was typed into it', async (t) => {
  const { app, cookie, audit } = await office(t);
  const cookies = await cookie();
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, cookies, payload });
  await post('/api/visits/search', { text: '架空', from: '2026-04-20', to: '2026-04-29' });
  await post('/api/eligibility', { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '5' });
  await post('/api/eligibility', { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '999' });
  const [none, several, search] = audit.list(undefined, 3);
  t.match([none?.detail, several?.detail], ['found-0', /^found-[2-9]$/]);
  t.equal(search?.detail, '2026-04-20/2026-04-29 text');
  t.notMatch(JSON.stringify(audit.list(undefined, 100)), /架空|06992010|1001/);
});
