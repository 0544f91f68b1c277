// Many kiosks in one process, each with a certificate and an outbox of its own, against one mosquitto and one terminal: the storm after a
// restart of the broker, ten visits a second, and what one kiosk more costs.

import { join } from 'node:path';
import { uuidV7 } from '../../src/core/ids.ts';
import { SiteFolder } from '../../src/main/site/site-folder.ts';
import { percentiles } from '../../src/uplink/bench.ts';
import { loadKeySet, loadKeySets } from '../../src/uplink/seal-keys.ts';
import { createUplink, type KazashiUplink } from '../../src/uplink/uplink.ts';
import { Lab, type Process, pause, until } from '../../test/system/uplink/lab.ts';
import { visitContent } from '../../test/uplink/visit-content.ts';
import { cpuSeconds, rssMb } from './uplink-delivery.ts';

const STEADY_SECONDS = 10;
const PER_SECOND = 10;

const tenth = (value: number): number => Math.round(value * 10) / 10;

const openKiosk = async (lab: Lab, name: string): Promise<KazashiUplink> => {
  const own = lab.member(name);
  return createUplink({
    site: lab.site,
    kiosk: name,
    brokerUrl: `mqtts://127.0.0.1:${lab.port}`,
    tls: { caFile: join(own, 'ca.pem'), certificateFile: join(own, 'cert.pem'), keyFile: join(own, 'key.pem') },
    dataDir: lab.path('data', name),
    kioskKey: await loadKeySet(join(own, 'kiosk.private.json')),
    terminalKeys: await loadKeySets(join(own, 'terminal-keys.json')),
    version: 'bench',
    ackTimeoutMs: 30_000,
    healthIntervalMs: 0,
  });
};

export const measureFleet = async (count: number) => {
  const lab = new Lab();
  const kiosks: KazashiUplink[] = [];
  try {
    await lab.make();
    const site = SiteFolder.open(lab.path('site'), () => Date.now());
    const names = Array.from({ length: count }, (_, index) => `k-${index + 1}`);
    for (const name of names) await site.addKiosk(name);
    let broker = await lab.startBroker();
    const terminal = await lab.startTerminal();
    const started = performance.now();
    for (const name of names) {
      const kiosk = await openKiosk(lab, name);
      await kiosk.start();
      kiosk.announce('ready', []);
      kiosks.push(kiosk);
    }
    const up = () => kiosks.every(({ state }) => state.terminal === 'ready');
    await until('all kiosks', up, 300_000);
    const upS = tenth((performance.now() - started) / 1000);

    // The storm: nobody is told, everybody loses the broker at once, every tenth kiosk has a visit just then.
    const back: number[] = [];
    await broker.end('SIGKILL');
    await until('all to notice', () => kiosks.every(({ state }) => state.broker === 'lost'), 60_000);
    const during = kiosks.filter((_, index) => index % 10 === 0).map(async (kiosk) => (await kiosk.submit(visitContent())).acked);
    broker = await lab.startBroker();
    const restarted = performance.now();
    for (const kiosk of kiosks) {
      const end = kiosk.onState(({ broker: state }) => {
        if (state !== 'connected') return;
        back.push((performance.now() - restarted) / 1000);
        end();
      });
    }
    const acks = await Promise.all(during);
    const stormAckedS = tenth((performance.now() - restarted) / 1000);
    await until('all kiosks again', up, 300_000);

    const cpu = [cpuSeconds(broker.child.pid), cpuSeconds(terminal.child.pid)] as const;
    const steady = performance.now();
    const times: number[] = [];
    const waiting: Promise<unknown>[] = [];
    for (let visit = 0; visit < STEADY_SECONDS * PER_SECOND; visit += 1) {
      const kiosk = kiosks[Math.floor(Math.random() * kiosks.length)];
      const begun = performance.now();
      const finished = kiosk?.submit(visitContent({ visitId: uuidV7(Date.now()) })).then(({ acked }) => acked);
      if (finished !== undefined) waiting.push(finished.then(() => times.push(performance.now() - begun)));
      await pause(1000 / PER_SECOND);
    }
    await Promise.all(waiting);
    const seconds = (performance.now() - steady) / 1000;
    const share = (process: Process, before: number) => tenth((100 * (cpuSeconds(process.child.pid) - before)) / seconds);
    const { p50, p99 } = percentiles(times);
    const sorted = [...back].sort((a, b) => a - b);
    return {
      kiosks: count,
      upS,
      /** Between the first and the last kiosk that is back. */
      spreadS: tenth((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)),
      stormAckedS,
      p50Ms: tenth(p50),
      p99Ms: tenth(p99),
      lost: acks.length + times.length - kiosks.reduce((sum, kiosk) => sum + kiosk.health().acknowledged, 0),
      brokerMb: rssMb(broker),
      brokerCpu: share(broker, cpu[0]),
      terminalMb: rssMb(terminal),
      terminalCpu: share(terminal, cpu[1]),
      kiosksMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
  } finally {
    await Promise.all(kiosks.map((kiosk) => kiosk.stop()));
    await lab.stop();
  }
};
