// The contract read by a stranger: a Python program that knows the AsyncAPI document alone stands in for the terminal, then for the kiosk.
// And the whole traffic of a day, as anybody with a tap on the wires sees it: not one personal byte.

import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { kioskTopic } from '../../src/uplink/contract/index.ts';
import { visitContent } from '../uplink/visit-content.ts';
import { Lab, NO_MOSQUITTO, type Process, siteCommand, until } from './uplink/lab.ts';

const PYTHON = '/usr/bin/python3';
const JUDGE = fileURLToPath(new URL('uplink/judge.py', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../src/uplink/contract/asyncapi.json', import.meta.url));
const NO_JUDGE =
  NO_MOSQUITTO ||
  (spawnSync(PYTHON, ['-c', 'import paho.mqtt.client, jsonschema, cryptography']).status === 0
    ? false
    : 'Debian packages python3-paho-mqtt, python3-jsonschema and python3-cryptography are needed');
const SUB = '/usr/bin/mosquitto_sub';
const NO_SUB = NO_MOSQUITTO || (spawnSync(SUB, ['--help']).error === undefined ? false : 'Debian package mosquitto-clients is needed');

interface Event {
  readonly seen?: string;
  readonly wrong?: string;
  readonly ready?: boolean;
  readonly visitId?: string;
  readonly status?: string;
  readonly id?: string;
  readonly name?: string;
  readonly checkIn?: { readonly number?: string };
}
const events = (judge: Process): Event[] => judge.lines.map((line) => JSON.parse(line) as Event);

const startJudge = (lab: Lab, role: 'terminal' | 'kiosk', name: string): Process =>
  lab.run(PYTHON, [JUDGE, role, DOCUMENT, lab.member(name), '127.0.0.1', `${lab.port}`, lab.site, ...(role === 'kiosk' ? [name] : [])]);

test('a stranger’s terminal, made from the document alone, serves a kiosk', { skip: NO_JUDGE }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1');
  await lab.startBroker();
  const judge = startJudge(lab, 'terminal', 'terminal');
  await until(`the judge ${judge.errors()}`, () => events(judge).some(({ ready }) => ready));
  const kiosk = lab.startKiosk('kiosk-1');
  await kiosk.until({ terminal: 'ready' });
  const visits = Array.from({ length: 30 }, () => uuidV7(Date.now()));
  for (const visit of visits) kiosk.finish(visit);
  await until(`acks; the judge said ${judge.lines.slice(-3)} ${judge.errors()}`, () => kiosk.look().acked.length === 30);
  t.same(
    new Set(kiosk.acked.map(({ acked, status, number }) => `${acked} ${status} ${number}`)),
    new Set(visits.map((visit, index) => `${visit} accepted ${index + 1}`)),
  );
  await kiosk.process.end('SIGTERM');
  await until('the goodbye', () => events(judge).some(({ seen, status }) => seen === 'state' && status === 'offline'));
  t.same(
    events(judge).filter(({ wrong }) => wrong !== undefined),
    [],
    'every message of the kiosk fits its schema and its binding',
  );
  t.same(
    events(judge)
      .filter(({ seen }) => seen === 'visit')
      .map(({ visitId }) => visitId),
    visits,
  );
});

test('a stranger’s kiosk, made from the document alone, is served by the terminal', { skip: NO_JUDGE }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1');
  await lab.startBroker();
  const terminal = await lab.startTerminal();
  const judge = startJudge(lab, 'kiosk', 'kiosk-1');
  const acks = () => events(judge).filter(({ seen }) => seen === 'ack');
  await until(`two acks; the judge said ${judge.lines} ${judge.errors()} ${terminal.errors().slice(-500)}`, () => acks().length === 2);
  const [{ id } = {}] = events(judge);
  t.match(acks(), [
    { id, status: 'accepted', checkIn: { number: '1' } },
    { id, status: 'duplicate', checkIn: { number: '1' } },
  ]);
  const login = await fetch(`${terminal.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'reception', password: 'reception' }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  await fetch(`${terminal.url}/api/kiosks/kiosk-1/command`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', origin: terminal.url },
    body: JSON.stringify({ command: 'identify' }),
  });
  await until(`a command; the judge said ${judge.lines}`, () => events(judge).some(({ seen }) => seen === 'command'));
  t.match(events(judge).at(-1), { seen: 'command', name: 'identify' });
  t.same(
    events(judge).filter(({ wrong }) => wrong !== undefined),
    [],
    'every message of the terminal fits its schema',
  );
});

test('of a day’s whole traffic, mosquitto_sub shows not one personal byte', { skip: NO_SUB }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1');
  siteCommand('add-terminal', lab.path('site'), 'desk-2');
  // For this check alone one certificate may hear everything, acks and commands too.
  appendFileSync(lab.path('site', 'broker', 'acl'), '\nuser terminal.desk-2\ntopic read #\n');
  await lab.startBroker();
  const own = lab.member('desk-2');
  const tls = ['--cafile', join(own, 'ca.pem'), '--cert', join(own, 'cert.pem'), '--key', join(own, 'key.pem')];
  const tap = lab.run(SUB, ['-v', '-V', '5', '-h', '127.0.0.1', '-p', `${lab.port}`, ...tls, '-t', '#', '-q', '1']);
  await lab.startTerminal();
  const kiosk = lab.startKiosk('kiosk-1');
  await kiosk.until({ terminal: 'ready' });
  const visits = Array.from({ length: 130 }, () => uuidV7(Date.now()));
  for (const visit of visits) kiosk.finish(visit);
  await until('the day', () => kiosk.look().acked.length === visits.length, 60_000);
  await kiosk.process.end('SIGTERM');
  const heard = (channel: 'visit' | 'ack') => tap.lines.filter((line) => line.startsWith(kioskTopic(lab.site, 'kiosk-1', channel))).length;
  await until('the tap', () => heard('visit') >= visits.length && heard('ack') >= visits.length);
  const traffic = tap.lines.join('\n');
  t.ok(traffic.length > 130 * 2_000, `${traffic.length} characters of traffic`);
  const { patient, certificate } = visitContent();
  const personal = [patient?.name, patient?.address, patient?.birthdate, certificate.derBase64.slice(0, 64), ...visits].map(String);
  for (const text of personal) {
    const bytes = Buffer.from(text);
    // As text, in JSON's escapes, in hexadecimal, and in base64 at each of its three alignments.
    const forms = [text, JSON.stringify(text).slice(1, -1), bytes.toString('hex')];
    for (let shift = 0; shift < 3; shift += 1)
      forms.push(
        Buffer.concat([Buffer.alloc(shift), bytes])
          .toString('base64url')
          .slice(shift === 0 ? 0 : shift + 1, -3),
      );
    for (const form of forms) if (traffic.includes(form)) t.fail(`found ${form}`);
  }
  t.match(traffic, /"ciphertext"/, 'the control: the visits are there, sealed');
});
