// The folder that `kazashi site` makes: private, complete, never overwritten, and honest about who is in it.

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { parseConfig } from '../../src/config/read.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { command } from '../../src/main/commands/site.ts';
import { newRequest } from '../../src/main/site/authority.ts';
import { SiteFolder } from '../../src/main/site/site-folder.ts';
import { uplinkAccess } from '../../src/main/uplink-of.ts';
import { loadKeyFiles, watchKeyFiles } from '../../src/terminal/key-files.ts';
import { sortKeys } from '../../src/terminal/terminal.ts';
import { TerminalPresence } from '../../src/uplink/presence.ts';
import { generateKioskKeys, loadKeySet, publicKeySet, storeKeySet } from '../../src/uplink/seal-keys.ts';

const NOW = Date.UTC(2026, 5, 1);
const wanted = { site: 'clinic', hosts: ['broker.example', '192.0.2.1'], port: 8883, brokerUser: 'mosquitto' };

const temporary = (t: { teardown(run: () => void): void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kazashi-site-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const make = async (t: { teardown(run: () => void): void }) => {
  const site = await SiteFolder.create(join(temporary(t), 'site'), wanted, () => NOW);
  await site.addTerminal();
  return site;
};

const files = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });

test('every file of a site is for its owner alone, and every certificate is of its authority, for its purpose', async (t) => {
  const site = await make(t);
  const folder = await site.addKiosk('kiosk-1');
  for (const name of files(site.directory)) {
    const stat = statSync(join(site.directory, name));
    t.equal(stat.mode & 0o777, stat.isDirectory() ? 0o700 : 0o600, name);
  }
  const read = (...names: string[]) => new X509Certificate(readFileSync(join(site.directory, ...names)));
  const ca = read('ca', 'ca.pem');
  for (const [path, name, usage] of [
    ['broker', 'broker', '1.3.6.1.5.5.7.3.1'],
    ['kiosks/kiosk-1', 'kiosk-1', '1.3.6.1.5.5.7.3.2'],
    ['terminals/terminal', 'terminal', '1.3.6.1.5.5.7.3.2'],
  ] as const) {
    const certificate = read(path, 'cert.pem');
    t.ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey), `${path} is issued by the site`);
    t.match([certificate.subject, certificate.keyUsage], [`CN=${name}`, [usage]]);
    t.equal(Date.parse(certificate.validTo), NOW + 825 * 86_400_000);
  }
  t.equal(read('broker', 'cert.pem').subjectAltName, 'DNS:broker.example, IP Address:192.0.2.1');
  t.notMatch(
    files(folder)
      .concat(files(join(site.directory, 'broker')))
      .join(' '),
    /ca\.key|key\.pem.*key\.pem.*key\.pem/,
  );
  const text = readFileSync(join(folder, 'kazashi.toml'), 'utf8').replaceAll('/etc/kazashi', folder);
  const access = await uplinkAccess(parseConfig(text, 'kazashi.toml'));
  t.match(access, { brokerUrl: 'mqtts://broker.example:8883', kioskKey: { owner: 'kiosk-1' }, terminalKeys: [{ owner: 'terminal' }] });
  t.notMatch(JSON.stringify(access.terminalKeys), /"d":/);
  const { terminalKeys, kioskKeys } = sortKeys(await loadKeyFiles([join(site.directory, 'terminals', 'terminal', 'keys')]));
  t.match([terminalKeys.keys.length, kioskKeys.map(({ owner }) => owner)], [2, ['kiosk-1']]);
});

test('what is there is never made again by accident, and a wrong name is refused by its field', async (t) => {
  const site = await make(t);
  await site.addKiosk('kiosk-1');
  const again = SiteFolder.create(site.directory, wanted, () => NOW);
  await t.rejects(again, { code: 'input/invalid', facts: { field: 'DIR' } });
  for (const id of ['kiosk-1', 'Kiosk', 'terminal', '../x', 'a'.repeat(33), 'broker'])
    await t.rejects(site.addKiosk(id), { code: 'input/invalid', facts: { field: 'ID' } }, id);
  await t.rejects(site.addTerminal(), { code: 'input/invalid' });
  await t.rejects(site.rotate('nobody'), { code: 'input/invalid', facts: { field: 'NAME' } });
  await t.rejects(site.removeKiosk('nobody'), { code: 'input/invalid' });
  const bad = SiteFolder.create(temporary(t), { ...wanted, site: 'Clinic' }, () => NOW);
  await t.rejects(bad, { code: 'input/invalid', facts: { field: 'site' } });
  t.throws(() => SiteFolder.open(temporary(t), () => NOW), { code: 'input/invalid', message: /site init/ });
  writeFileSync(join(site.directory, 'site.json'), '{}');
  t.throws(() => SiteFolder.open(site.directory, () => NOW), { code: 'config/invalid', message: /site\.json/ });
  for (const words of [[], ['init'], ['fly', site.directory], ['init', 'x', '--site', 'a'], ['add-kiosk', 'a', 'b', 'c']])
    await t.rejects(command.run(words), { code: /input\/invalid|config\/invalid/ }, words.join(' '));
});

test('a rotation keeps the generation before; a removed kiosk is revoked and forgotten; a second terminal hears of everybody', async (t) => {
  const site = await make(t);
  await site.addKiosk('kiosk-1');
  await site.addKiosk('kiosk-2');
  const key = (kid: number) => loadKeySet(join(site.directory, 'kiosks/kiosk-1/kiosk.private.json')).then(({ keys }) => keys[kid]?.kid);
  const first = await key(0);
  await site.rotate('kiosk-1');
  t.equal(await key(1), first);
  await site.rotate('terminal');
  await site.rotate('broker');
  await site.addTerminal('desk-2');
  t.match(await site.members(), [
    { kind: 'broker', generations: 0 },
    { kind: 'terminal', name: 'desk-2', generations: 1 },
    { kind: 'terminal', name: 'terminal', generations: 2 },
    { kind: 'kiosk', name: 'kiosk-1', generations: 2 },
    { kind: 'kiosk', name: 'kiosk-2', generations: 1 },
  ]);
  t.equal(JSON.parse(readFileSync(join(site.directory, 'kiosks/kiosk-2/terminal-keys.json'), 'utf8')).length, 2);
  const acl = readFileSync(join(site.directory, 'broker/acl'), 'utf8');
  t.match(acl, /user terminal\.desk-2\n(topic .*\n)*topic readwrite .*terminal\/state\/desk-2/);
  await site.removeKiosk('kiosk-2');
  t.same(site.kiosks, ['kiosk-1']);
  t.same(files(join(site.directory, 'terminals/desk-2/keys')).sort(), ['kiosk-1.json', 'terminal.json']);
  t.equal(SiteFolder.open(site.directory, () => NOW).document.revoked.length, 1);
});

/** What a command prints. */
const printed = async (t: { teardown(run: () => void): void }, ...words: string[]): Promise<string> => {
  const { write } = process.stdout;
  const back = (): void => {
    process.stdout.write = write;
  };
  t.teardown(back);
  let text = '';
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof write;
  try {
    await command.run(words);
  } finally {
    back();
  }
  return text;
};

test('a terminal cannot be called like another member, nor a kiosk like a terminal', async (t) => {
  const site = await make(t);
  await site.addKiosk('kiosk-1');
  await site.addTerminal('desk-2');
  for (const name of ['kiosk-1', 'broker', 'desk-2'])
    await t.rejects(site.addTerminal(name), { code: 'input/invalid', facts: { field: 'NAME' } }, name);
  await t.rejects(site.addKiosk('desk-2'), { code: 'input/invalid', facts: { field: 'ID' } });
  t.same([site.terminals, site.kiosks], [['desk-2', 'terminal'], ['kiosk-1']]);
});

test('options of one’s own for the broker have a place that the site command never touches', async (t) => {
  const site = await make(t);
  const own = join(site.directory, 'broker/conf.d/operator.conf');
  writeFileSync(own, 'connection operator\n');
  const conf = () => readFileSync(join(site.directory, 'broker/mosquitto.conf'), 'utf8');
  await site.addTerminal('desk-2');
  await site.rotate('broker');
  t.equal(readFileSync(own, 'utf8'), 'connection operator\n');
  t.match(conf(), `include_dir ${site.directory}/broker/conf.d\n`);
});

test('every action says what is to be carried where, in order, and what has to be started again', async (t) => {
  const folder = join(temporary(t), 'site');
  t.match(await printed(t, 'init', folder, '--site', 'clinic', '--broker', 'broker.example'), /npx kazashi terminal --mqtt mqtts:/);
  t.match(await printed(t, 'add-kiosk', folder, 'kiosk-1'), /every terminal needs .*terminals\/…\/keys anew/);
  t.match(
    await printed(t, 'rotate', folder, 'terminal'),
    /1\. .*terminal-keys\.json to every kiosk.*\n.*2\. .*terminals\/terminal to the terminal/,
  );
  const kiosk = await printed(t, 'rotate', folder, 'kiosk-1');
  t.match(kiosk, /1\. .*terminals\/…\/keys to every terminal.*\n.*2\. .*kiosks\/kiosk-1 to/);
  t.match(kiosk, /nothing of theirs has to be started again/);
  const broker = await printed(t, 'rotate', folder, 'broker');
  t.match(broker, /start mosquitto again/);
  t.notMatch(broker, /terminal-keys/);
  t.match(await printed(t, 'add-terminal', folder, 'desk-2'), /1\. .*broker.*\n.*2\. .*terminal-keys\.json to every kiosk/);
  const wrong = ['init', `${folder}-2`, '--site', 'クリニック', '--broker', 'b'];
  await t.rejects(command.run(wrong), { message: /site: found "クリニック"; allowed: lower-case letters a-z, digits and hyphens/ });
  await t.rejects(command.run([...wrong, '--listen', '0.0.0.0']), { message: /site init takes no --listen/ });
});

test('a kiosk that made its own keys is let in by its request alone, under the name that the site gives it', async (t) => {
  const site = await make(t);
  const keys = await generateKioskKeys('kiosk-3');
  const { request } = await newRequest('terminal');
  const { certificate } = await site.admitKiosk('kiosk-3', request, publicKeySet(keys));
  t.equal(new X509Certificate(certificate).subject, 'CN=kiosk-3', 'whatever it asked for');
  await t.rejects(site.rotate('kiosk-3'), { code: 'input/invalid', message: /add it again/ });
  await t.rejects(site.admitKiosk('kiosk-4', request, keys), { code: 'uplink/untrusted' }, 'keys of another');
  await t.rejects(site.admitKiosk('kiosk-4', 'no request', publicKeySet(await generateKioskKeys('kiosk-4'))), { code: 'uplink/malformed' });
});

test('a terminal reads its key files again when one is new, and keeps its trust when one cannot be read', async (t) => {
  const folder = temporary(t);
  const looks: (() => void)[] = [];
  const clock = { ...systemClock, setTimeout: (run: () => void) => looks.push(run), clearTimeout: () => undefined };
  await storeKeySet(join(folder, 'kiosk-1.json'), publicKeySet(await generateKioskKeys('kiosk-1')));
  const seen: string[][] = [];
  const end = watchKeyFiles([folder], clock, silentLog, async (sets) => {
    seen.push(sets.map(({ owner }) => owner));
  });
  const look = async () => {
    const count = looks.length;
    looks.at(-1)?.();
    while (looks.length === count) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  await look();
  t.same(seen, []);
  await storeKeySet(join(folder, 'kiosk-2.json'), publicKeySet(await generateKioskKeys('kiosk-2')));
  await look();
  writeFileSync(join(folder, 'kiosk-3.json'), 'half');
  await look();
  t.same(seen, [['kiosk-1', 'kiosk-2']]);
  await storeKeySet(join(folder, 'kiosk-3.json'), publicKeySet(await generateKioskKeys('kiosk-3')));
  await look();
  t.same(seen.at(-1), ['kiosk-1', 'kiosk-2', 'kiosk-3']);
  end();
  await t.rejects(loadKeyFiles([join(folder, 'absent')]), { code: 'config/invalid', message: /absent/ });
});

test('with several terminals the kiosk is served while one of them is there, and a new run of one is told apart', (t) => {
  const presence = new TerminalPresence(systemClock, () => undefined);
  const state = (status: string, bootId: string) =>
    new TextEncoder().encode(JSON.stringify({ v: 1, status, bootId, bdSeq: 0, at: '2026-06-01T00:00:00Z', version: '0' }));
  const [one, two] = ['019b0f3e-5c00-7a1b-8c2d-3e4f5a6b7c8d', '019b0f3e-5c00-7a1b-8c2d-3e4f5a6b7c8e'];
  t.equal(presence.receive('a', state('ready', one)), true);
  t.equal(presence.receive('a', state('ready', one)), false);
  t.equal(presence.receive('b', state('ready', two)), true);
  presence.receive('a', state('offline', one));
  t.equal(presence.ready, true);
  t.equal(presence.receive('b', state('ready', one)), true, 'another run');
  presence.receive('b', new Uint8Array(0));
  t.equal(presence.ready, false);
  t.end();
});

test('a broker of an older version gets this version’s rules with its new certificate', async (t) => {
  const site = await make(t);
  const acl = join(site.directory, 'broker/acl');
  writeFileSync(acl, '# of an older version\n');
  await site.rotate('broker');
  const rules = readFileSync(acl, 'utf8');
  t.match(rules, 'pattern write kazashi/1/clinic/%u/report\n');
  t.match(rules, 'topic read kazashi/1/clinic/+/report\n');
});
