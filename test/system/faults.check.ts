// Faults of the network and the broker that leave every socket open: the kiosk says so by itself, comes back by itself, and loses nothing.

import Database from 'libsql';
import { type Test, test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { freePort } from '../free-port.ts';
import { FaultyProxy } from './uplink/faulty-proxy.ts';
import { type KioskProcess, Lab, NO_MOSQUITTO, type Process, until } from './uplink/lab.ts';

const ready = { broker: 'connected', terminal: 'ready' } as const;

interface Scene {
  readonly proxy: FaultyProxy;
  readonly broker: Process;
}
interface Fault {
  readonly name: string;
  begin(scene: Scene): void;
  end(scene: Scene): void;
  /** Whether the kiosk has to notice while nobody is there. */
  readonly lost: boolean;
}

const FAULTS: readonly Fault[] = [
  { name: 'a delay of 2 s either way', begin: ({ proxy }) => proxy.delay(2_000), end: ({ proxy }) => proxy.delay(0), lost: false },
  {
    name: 'a black hole towards the broker',
    begin: ({ proxy }) => proxy.hold('to-broker', true),
    end: ({ proxy }) => proxy.hold('to-broker', false),
    lost: true,
  },
  {
    name: 'a black hole towards the kiosk',
    begin: ({ proxy }) => proxy.hold('to-kiosk', true),
    end: ({ proxy }) => proxy.hold('to-kiosk', false),
    lost: true,
  },
  { name: 'a connection that only the kiosk believes in', begin: ({ proxy }) => proxy.halfOpen(), end: () => undefined, lost: true },
  {
    name: 'a broker that hangs (SIGSTOP)',
    begin: ({ broker }) => broker.child.kill('SIGSTOP'),
    end: ({ broker }) => broker.child.kill('SIGCONT'),
    lost: true,
  },
  { name: 'a reset in the middle of a packet', begin: ({ proxy }) => proxy.cutNext(), end: () => undefined, lost: false },
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
  await lab.startTerminal();
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
      fault.begin({ proxy, broker });
      if (fault.lost) {
        // Nobody is at the kiosk: only the keepalive can notice.
        const told = await until('the loss', () =>
          kiosk
            .look()
            .states.slice(states)
            .find((state) => state.broker === 'lost'),
        );
        t.comment(`told after ${Math.round(told.atMs - began)} ms`);
      }
      const during = await visit(kiosk);
      visits.push(during);
      if (!fault.lost) await until('the ack through it', () => kiosk.look().acked.some(({ acked }) => acked === during));
      fault.end({ proxy, broker });
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
