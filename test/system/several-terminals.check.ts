// Two terminals at one site as docs/scaling.md says: each with a key of its own, so that both have every visit; and as one group that takes turns.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { type Test, test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { type KioskProcess, Lab, NO_MOSQUITTO, siteCommand, until } from './uplink/lab.ts';

const ready = { broker: 'connected', terminal: 'ready' } as const;
const VISITS = 20;

interface Row {
  readonly visit_id: string;
  readonly number: string;
}
const rowsOf = (lab: Lab, name: string): Row[] => {
  const db = new Database(lab.path(`data-${name}`, 'terminal.db'), { readonly: true });
  try {
    return db.prepare('SELECT visit_id, number FROM visits ORDER BY row').all() as Row[];
  } finally {
    db.close();
  }
};
const visitsOf = (lab: Lab, name: string): string[] => rowsOf(lab, name).map(({ visit_id }) => visit_id);

const siteOfTwo = async (t: Test): Promise<Lab> => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1', 'looking');
  siteCommand('add-terminal', lab.path('site'), 'desk-2');
  await lab.startBroker();
  return lab;
};

/** `VISITS` patients at the kiosk; resolves when each has an ack. */
const serve = async (kiosk: KioskProcess): Promise<string[]> => {
  const before = kiosk.look().acked.length;
  const visits = Array.from({ length: VISITS }, () => uuidV7(Date.now()));
  for (const visit of visits) kiosk.finish(visit);
  await until('all acks', () => kiosk.look().acked.length === before + VISITS);
  return visits;
};

test('encrypted to each, every visit is at both terminals; one that is gone leaves the kiosk in service', {
  skip: NO_MOSQUITTO,
  timeout: 300_000,
}, async (t) => {
  const lab = await siteOfTwo(t);
  const first = await lab.startTerminal();
  await lab.startTerminal('desk-2', '--name', 'desk-2');
  const kiosk = lab.startKiosk('kiosk-1');
  await kiosk.until(ready);
  const visits = await serve(kiosk);
  for (const name of ['terminal', 'desk-2']) {
    await until(`every visit at ${name}`, () => visitsOf(lab, name).length === VISITS);
    t.same(visitsOf(lab, name), visits, `${name} has every visit once, in the order of the patients`);
  }
  const given = new Map(kiosk.acked.map(({ acked, number }) => [acked, number]));
  const listed = ['terminal', 'desk-2'].map((name) => new Map(rowsOf(lab, name).map(({ visit_id, number }) => [visit_id, number])));
  t.ok(
    visits.every((visit) => listed.some((list) => list.get(visit) === given.get(visit))),
    'the number on the patient’s screen is one of a terminal',
  );

  const states = kiosk.states.length;
  await first.end('SIGTERM');
  const alone = await serve(kiosk);
  t.same(visitsOf(lab, 'desk-2'), [...visits, ...alone]);
  t.notOk(
    kiosk.states.slice(states).some(({ terminal }) => terminal !== 'ready'),
    'the kiosk was never out of service',
  );
});

test('as a group that shares a key, two terminals take turns: each visit is at one of them', {
  skip: NO_MOSQUITTO,
  timeout: 300_000,
}, async (t) => {
  const lab = await siteOfTwo(t);
  // The second gets the first one's keys in place of its own.
  cpSync(join(lab.member('terminal'), 'keys'), join(lab.member('desk-2'), 'keys'), { recursive: true });
  await lab.startTerminal('terminal', '--share', 'desks');
  await lab.startTerminal('desk-2', '--name', 'desk-2', '--share', 'desks');
  const kiosk = lab.startKiosk('kiosk-1', 'ackTimeoutSeconds = 60');
  await kiosk.until(ready);
  // Turns are taken only while both listen. Who looks has a name of its own: a client id is its certificate's, and throws out who has it already.
  const both = await lab.client('looking');
  const there = new Set<string>();
  both.on('message', (topic, payload) => (JSON.parse(String(payload)) as { status?: string }).status === 'ready' && there.add(topic));
  await both.subscribeAsync(`kazashi/1/${lab.site}/terminal/state/#`, { qos: 1 });
  await until('both terminals', () => there.size === 2);
  const visits = await serve(kiosk);
  const [one, two] = [visitsOf(lab, 'terminal'), visitsOf(lab, 'desk-2')];
  t.ok(one.length > 0 && two.length > 0, `${one.length} and ${two.length}`);
  t.same([...one, ...two].sort(), [...visits].sort(), 'none is missing, none is at both');
});
