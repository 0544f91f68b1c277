// A card with settings becomes a kiosk, and keeps no secret.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { test } from 'tap';
import { parseConfig } from '../../src/config/read.ts';
import { adopt } from '../../src/main/provision/adopt.ts';
import { networkFile, timeFile } from '../../src/main/provision/network-files.ts';
import { putSecrets, takeSecrets } from '../../src/main/provision/secrets.ts';

const SETTINGS = `# of the east clinic
[kiosk]
id = "kiosk-2"
maintenanceCode = "1357" # written on the inside

[visit]
staffPasscode = '2580'
`;

const box = (directory: string, text?: string) => {
  const places = { card: join(directory, 'card'), settings: join(directory, 'etc'), network: join(directory, 'run') };
  mkdirSync(places.card);
  if (text !== undefined) writeFileSync(join(places.card, 'kazashi.toml'), text);
  const of = (place: 'card' | 'settings') => readFileSync(join(places[place], 'kazashi.toml'), 'utf8');
  return { places, of, put: (now: string) => writeFileSync(join(places.card, 'kazashi.toml'), now) };
};

test('secrets leave the text line by line, and come back to where they were', async (t) => {
  const { text, secrets } = takeSecrets(SETTINGS);
  t.same(secrets, { 'kiosk.maintenanceCode': '1357', 'visit.staffPasscode': '2580' });
  t.notMatch(text, /1357|2580/);
  t.equal(text.split('\n').length, SETTINGS.split('\n').length, 'messages name the line that the technician sees');
  t.same(parse(putSecrets(text, secrets)), parse(SETTINGS));
  t.same(parseConfig(putSecrets(text, {}), 'kazashi.toml').visit.staffPasscode, undefined, 'a place without a secret is a comment');
});

test('however the keys are written, no secret stays', async (t) => {
  for (const written of [
    'visit.staffPasscode = "2580"\nkiosk.maintenanceCode = "1357"\n',
    'visit = { staffPasscode = "2580", askPrescription = true }\n[kiosk]\nmaintenanceCode = "1357"\n',
    '[visit]\r\nstaffPasscode = "2580"\r\n[kiosk]\r\nmaintenanceCode = "1357"\r\n',
    '["visit"]\n"staffPasscode" = """2580"""\n[kiosk]\nmaintenanceCode = "1357"\n',
    '[visit]\nstaffPasscode = "\\u0032580"\n[kiosk]\nmaintenanceCode = "1357"\n',
  ]) {
    const { text, secrets } = takeSecrets(written);
    t.same(secrets, { 'kiosk.maintenanceCode': '1357', 'visit.staffPasscode': '2580' }, written);
    t.notMatch(text, /1357|2580|u0032/, written);
    t.same(parse(putSecrets(text, secrets)), parse(written), written);
  }
});

test('taking secrets out changes nothing else of any settings', async (t) => {
  const four = fc.stringMatching(/^[0-9]{4}$/);
  fc.assert(
    fc.property(fc.option(four), fc.option(four), fc.boolean(), fc.integer({ min: 1, max: 10 }), (passcode, code, inline, tries) => {
      const visit = [...(passcode === null ? [] : [`staffPasscode = "${passcode}"`]), `faceAttempts = ${tries}`];
      const text = `${inline ? `visit = { ${visit.join(', ')} }` : `[visit]\n${visit.join('\n')}`}\n[kiosk]\n${code === null ? '' : `maintenanceCode = "${code}"\n`}`;
      const apart = takeSecrets(text);
      t.same(parse(putSecrets(apart.text, apart.secrets)), parse(text));
    }),
    { numRuns: 50 },
  );
});

test('settings on the card become the kiosk’s, and their secrets are wiped from it', async (t) => {
  const { places, of } = box(t.testdir(), SETTINGS);
  t.same(adopt(places), { outcome: 'adopted', keys: [], unwiped: [] });
  t.same(parse(of('settings')), parse(SETTINGS));
  t.notMatch(of('card'), /1357|2580/);
  t.match(of('card'), /# of the east clinic/);
  t.equal(adopt(places).outcome, 'unchanged', 'and the next start changes nothing');
  t.same(parse(of('settings')), parse(SETTINGS));
});

test('a change on a wiped card keeps the secrets, a new one replaces, a removed place takes it away', async (t) => {
  const { places, of, put } = box(t.testdir(), SETTINGS);
  adopt(places);
  put(of('card').replace('kiosk-2', 'kiosk-3'));
  t.equal(adopt(places).outcome, 'adopted');
  t.match(parse(of('settings')), { kiosk: { id: 'kiosk-3', maintenanceCode: '1357' }, visit: { staffPasscode: '2580' } });
  put(of('card').replace(/# staffPasscode: kept.*/, 'staffPasscode = "0042"'));
  adopt(places);
  t.match(parse(of('settings')), { kiosk: { maintenanceCode: '1357' }, visit: { staffPasscode: '0042' } });
  t.notMatch(of('card'), /0042/);
  put(of('card').replace(/# maintenanceCode: kept.*\n/, ''));
  adopt(places);
  t.notOk((parse(of('settings'))['kiosk'] as Record<string, unknown>)['maintenanceCode']);
});

test('wrong settings are left on the card for the technician, and given to the kiosk to be told on the panel', async (t) => {
  const wrong = SETTINGS.replace('"kiosk-2"', '"Kiosk 2"');
  const { places, of, put } = box(t.testdir(), SETTINGS);
  adopt(places);
  put(wrong);
  const { outcome, problem } = adopt(places);
  t.equal(outcome, 'wrong');
  t.match(problem, /kazashi\.toml: line 3: kiosk\.id: found "Kiosk 2"/);
  t.equal(of('card'), wrong);
  t.throws(() => parseConfig(of('settings'), 'kazashi.toml'), { code: 'config/invalid' });
  put('[kiosk\nid = 1');
  t.equal(adopt(places).outcome, 'wrong', 'nor does a file that is no TOML stop the start');
  put(SETTINGS);
  t.equal(adopt(places).outcome, 'adopted');
  t.same(parse(of('settings')), parse(SETTINGS));
});

test('without a card’s file the kiosk keeps its own settings; without any there are none', async (t) => {
  const first = box(t.testdir());
  t.equal(adopt(first.places).outcome, 'none');
  first.put(SETTINGS);
  adopt(first.places);
  rmSync(join(first.places.card, 'kazashi.toml'));
  t.equal(adopt(first.places).outcome, 'unchanged');
  t.same(parse(first.of('settings')), parse(SETTINGS));
});

test('a card whose wiping was cut off is finished at the next start', async (t) => {
  const { places, of } = box(t.testdir(), SETTINGS);
  adopt(places);
  const wiped = of('card');
  writeFileSync(join(places.card, 'kazashi.toml.kept'), wiped);
  writeFileSync(join(places.card, 'kazashi.toml'), '\0'.repeat(SETTINGS.length));
  t.equal(adopt(places).outcome, 'unchanged');
  t.equal(of('card'), wiped);
  t.same(parse(of('settings')), parse(SETTINGS));
});

test('private keys move from the card, certificates stay readable on it', async (t) => {
  const { places } = box(t.testdir(), SETTINGS);
  for (const folder of ['broker', 'trust']) mkdirSync(join(places.card, 'kazashi', folder), { recursive: true });
  const files = [
    'trust/root.crt',
    'ca.pem',
    'cert.pem',
    'key.pem',
    'kiosk.private.json',
    'terminal-keys.json',
    'broker/key.pem',
    'broker/acl',
  ];
  for (const name of files) writeFileSync(join(places.card, 'kazashi', name), `content of ${name}`);
  const { keys, unwiped } = adopt(places);
  t.same([...keys].sort(), [...files].sort());
  t.same(unwiped, []);
  for (const name of files) t.equal(readFileSync(join(places.settings, name), 'utf8'), `content of ${name}`);
  t.same(readdirSync(join(places.card, 'kazashi')).sort(), ['broker', 'ca.pem', 'cert.pem', 'terminal-keys.json', 'trust']);
  t.ok(existsSync(join(places.card, 'kazashi/trust/root.crt')));
  t.notOk(existsSync(join(places.card, 'kazashi/broker/key.pem')));
  t.same(adopt(places).keys, [], 'and nothing is taken twice');
  t.equal(readFileSync(join(places.settings, 'key.pem'), 'utf8'), 'content of key.pem');
});

test('a card that cannot be wiped is told, and the box becomes a kiosk all the same', {
  skip: existsSync('/proc/version') ? false : 'needs /proc',
}, async (t) => {
  const { places, of } = box(t.testdir(), SETTINGS);
  mkdirSync(join(places.card, 'kazashi'));
  // A file that can be read and not be written, by root neither.
  symlinkSync('/proc/version', join(places.card, 'kazashi/key.pem'));
  t.match(adopt(places), { outcome: 'adopted', keys: ['key.pem'], unwiped: ['kazashi/key.pem'] });
  t.same(parse(of('settings')), parse(SETTINGS));
  t.notMatch(of('card'), /2580/, 'what can be wiped is');
  t.same(adopt(places).unwiped, ['kazashi/key.pem'], 'tried again at the next start');
});

test('the network is what the settings say: DHCP, or an address with its router', async (t) => {
  const fixed = parseConfig('[network]\naddress = "192.168.1.20/24"\ngateway = "192.168.1.1"\nntp = ["ntp.nict.jp"]\n', 'x').network;
  t.match(networkFile(fixed), /Address=192\.168\.1\.20\/24\nGateway=192\.168\.1\.1\n/);
  t.notMatch(networkFile(fixed), /DHCP/);
  t.match(timeFile(fixed), /NTP=ntp\.nict\.jp\n/);
  const { places } = box(t.testdir(), '[network]\ndns = ["192.168.1.1"]\n');
  adopt(places);
  const file = join(places.network, 'network/10-kazashi.network');
  t.match(readFileSync(file, 'utf8'), /DHCP=yes\nDNS=192\.168\.1\.1\n/);
  t.equal(statSync(file).mode & 0o777, 0o644, 'systemd-networkd is an account of its own');
  t.equal(statSync(join(places.network, 'network')).mode & 0o055, 0o055);
  t.throws(() => parseConfig('[network]\naddress = "192.168.1.20"\n', 'x'), { message: /network\.address: .*length/ });
  t.throws(() => parseConfig('[network]\ngateway = "192.168.1.1"\n', 'x'), { message: /network\.gateway: .*DHCP/ });
});
