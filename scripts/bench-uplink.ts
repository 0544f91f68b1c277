// Measures the uplink with Debian's mosquitto over mTLS, the built terminal and real flash (docs/scaling.md). Never fails on a time.
//   npm run bench:uplink -- [--visits 500] [--backlog 10000] [--kiosks 10,100,500,2000] [--only append,delivery,drain,fleet] [--json FILE]
// One run prints every figure beside its target and what the machine was doing.

import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { NO_MOSQUITTO } from '../test/system/uplink/lab.ts';
import { measureAppend, measureDelivery, measureDrain } from './bench/uplink-delivery.ts';
import { measureFleet } from './bench/uplink-fleet.ts';

const { values } = parseArgs({
  options: {
    visits: { type: 'string', default: '500' },
    backlog: { type: 'string', default: '10000' },
    kiosks: { type: 'string', default: '10,100,500,2000' },
    only: { type: 'string', default: 'append,delivery,drain,fleet' },
    json: { type: 'string' },
  },
});
const whole = (option: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${option} ${text}: a whole number from 1 is needed.\n`);
  process.exit(2);
};
if (NO_MOSQUITTO !== false) {
  process.stderr.write(`${NO_MOSQUITTO}\n`);
  process.exit(2);
}
const [visits, backlog] = [whole('visits', values.visits), whole('backlog', values.backlog)];
const PARTS = ['append', 'delivery', 'drain', 'fleet'];
const only = values.only.split(',');
const stranger = only.find((part) => !PARTS.includes(part));
if (stranger !== undefined) {
  process.stderr.write(`--only ${stranger}: one or more of ${PARTS.join(',')} are needed.\n`);
  process.exit(2);
}
const fleets = !only.includes('fleet') ? [] : values.kiosks.split(',').map((text) => whole('kiosks', text));

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');

print(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, load average ${load()}`);
const append = only.includes('append') ? await measureAppend(backlog) : undefined;
if (append !== undefined)
  print(
    `append (seal excluded)   first 500: ${append.firstMs} ms, last 500 of ${backlog}: ${append.lastMs} ms, ratio ${append.ratio} (target 1.2)`,
  );
const delivery = only.includes('delivery') ? await measureDelivery(visits) : undefined;
if (delivery !== undefined)
  print(
    `finish → acked           p50 ${delivery.p50} ms (target 30), p99 ${delivery.p99} ms (target 150), max ${delivery.max} ms, ${visits} visits`,
  );
const drain = only.includes('drain') ? await measureDrain(backlog) : undefined;
if (drain !== undefined) {
  const cpu = Object.entries(drain.cpuMs).map(([name, ms]) => `${name} ${ms} ms`);
  print(`drain of ${backlog}           ${drain.perSecond} /s (target 500), terminal RSS ${drain.terminalMb} MB, lost ${drain.lost}`);
  print(`                         CPU for each visit: ${cpu.join(', ')}`);
}
const curve = [];
if (fleets.length > 0)
  print('kiosks  all up s  spread s  storm acked s  p50 ms  p99 ms  lost  broker MB  broker CPU %  terminal MB  terminal CPU %');
for (const kiosks of fleets) {
  const fleet = await measureFleet(kiosks);
  curve.push(fleet);
  const cells = [
    kiosks,
    fleet.upS,
    fleet.spreadS,
    fleet.stormAckedS,
    fleet.p50Ms,
    fleet.p99Ms,
    fleet.lost,
    fleet.brokerMb,
    fleet.brokerCpu,
    fleet.terminalMb,
    fleet.terminalCpu,
  ];
  print(cells.map((cell, index) => String(cell).padStart([6, 8, 8, 13, 6, 6, 4, 9, 12, 11, 14][index] ?? 8)).join('  '));
}
print(`load average at the end ${load()}`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ append, delivery, drain, curve, load: loadavg() }, null, 2)}\n`);
