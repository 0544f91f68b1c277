// Faults of the network and the broker that leave every socket open: the kiosk says so by itself, comes back by itself, and loses nothing.

import Database from 'libsql';
import { type Test, test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { freePort } from '../free-port.ts';
import { FaultyProxy } from './uplink/faulty-proxy.ts';
import { type KioskProcess, Lab, NO_MOSQUITTO, type Process, pause, until } from './uplink/lab.ts';

const ready = { broker: 'connected', terminal: 'ready' } as const;

interface Scene {
  readonly proxy: FaultyProxy;
  readonly broker: Process;
  readonly terminal: Process;
}
interface Fault {
  readonly name: string;
  begin(scene: Scene): void;
  end(scene: Scene): void;
  /** Which loss the kiosk has to notice while nobody is there; none: what it sends comes through all the same. */
  readonly lost?: 'broker' | 'terminal';
}

const FAULTS: readonly Fault[] = [
  { name: 'a delay of 2 s either way', begin: ({ proxy }) => proxy.delay(2_000), end: ({ proxy }) => proxy.delay(0) },
  {
    name: 'a black hole towards the broker',
    begin: ({ proxy }) => proxy.hold('to-broker', true),
    end: ({ proxy }) => proxy.hold('to-broker', false),
    lost: 'broker',
  },
  {
    name: 'a black hole towards the kiosk',
    begin: ({ proxy }) => proxy.hold('to-kiosk', true),
    end: ({ proxy }) => proxy.hold('to-kiosk', false),
    lost: 'broker',
  },
  { name: 'a connection that only the kiosk believes in', begin: ({ proxy }) => proxy.halfOpen(), end: () => undefined, lost: 'broker' },
  {
    name: 'a broker that hangs (SIGSTOP)',
    begin: ({ broker }) => broker.child.kill('SIGSTOP'),
    end: ({ broker }) => broker.child.kill('SIGCONT'),
    lost: 'broker',
  },
  {
    name: 'a terminal that hangs (SIGSTOP), whose connection stays',
    begin: ({ terminal }) => terminal.child.kill('SIGSTOP'),
    end: ({ terminal }) => terminal.child.kill('SIGCONT'),
    lost: 'terminal',
  },
  { name: 'a reset in the middle of a packet', begin: ({ proxy }) => proxy.cutNext(), end: () => undefined },
];

const visit = async (kiosk: KioskProcess): Promise<string> => {
  const id = uuidV7(Date.now());
  kiosk.finish(id);
  await until('the visit on flash', () => kiosk.look().done.some(({ done }) => done === id));
  return id;
};

test('the kiosk behind a network that fails', { skip: NO_MOSQUITTO, timeout: 600_000 }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1');
  const broker = await lab.startBroker();
  const terminal = await lab.startTerminal();
  const proxy = new FaultyProxy();
  const port = await freePort();
  await proxy.start(port, lab.port);
  t.teardown(() => proxy.stop());
  const kiosk = lab.startKioskAt(port, 'kiosk-1', '', '50', '500');
  const visits: string[] = [];
  for (const fault of FAULTS) {
    await t.test(fault.name, async (t: Test) => {
      await kiosk.until({ ...ready, backlog: 0 });
      const states = kiosk.look().states.length;
      const began = performance.timeOrigin + performance.now();
      fault.begin({ proxy, broker, terminal });
      const { lost } = fault;
      if (lost !== undefined) {
        // Nobody is at the kiosk: only the keepalive can notice.
        const told = await until('the loss', () =>
          kiosk
            .look()
            .states.slice(states)
            .find((state) => state[lost] === 'lost'),
        );
        t.comment(`told after ${Math.round(told.atMs - began)} ms`);
      }
      const during = await visit(kiosk);
      visits.push(during);
      if (lost === undefined) await until('the ack through it', () => kiosk.look().acked.some(({ acked }) => acked === during));
      fault.end({ proxy, broker, terminal });
      await until('the ack', () => kiosk.look().acked.some(({ acked }) => acked === during));
      await kiosk.until({ ...ready, backlog: 0 });
      t.match(
        kiosk.acked.filter(({ acked }) => acked === during),
        [{ status: /accepted|duplicate/ }],
      );
    });
  }
  const db = new Database(lab.path('data-terminal', 'terminal.db'), { readonly: true });
  t.teardown(() => db.close());
  const rows = db.prepare('SELECT visit_id FROM visits ORDER BY row').all() as { visit_id: string }[];
  t.same(
    rows.map(({ visit_id }) => visit_id),
    visits,
    'each visit once, in the order of the patients',
  );
});

test('the terminal says within 10 s which kiosk is gone, and which is back', { skip: NO_MOSQUITTO, timeout: 300_000 }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1', 'kiosk-2');
  await lab.startBroker();
  const { url } = await lab.startTerminal();
  const [frozen, other] = [lab.startKiosk('kiosk-1'), lab.startKiosk('kiosk-2')];
  await Promise.all([frozen.until(ready), other.until(ready)]);
  const until = async (wanted: Record<string, string>): Promise<number> => {
    const began = performance.now();
    for (;;) {
      const { kiosks } = (await (await fetch(`${url}/api/health`)).json()) as { kiosks: { id: string; status: string }[] };
      const found = Object.fromEntries(kiosks.map(({ id, status }) => [id, status]));
      if (Object.entries(wanted).every(([id, status]) => found[id] === status)) return Math.round(performance.now() - began);
      if (performance.now() - began > 60_000) throw new Error(`waited for ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
      await pause(100);
    }
  };
  await until({ 'kiosk-1': 'ready', 'kiosk-2': 'ready' });
  frozen.process.child.kill('SIGSTOP');
  const tookMs = await until({ 'kiosk-1': 'offline' });
  t.comment(`a kiosk that hangs is shown as gone after ${tookMs} ms`);
  await until({ 'kiosk-1': 'offline', 'kiosk-2': 'ready' });
  frozen.process.child.kill('SIGCONT');
  await until({ 'kiosk-1': 'ready', 'kiosk-2': 'ready' });
  t.pass('and back');
});
