// A whole kiosk on simulated hardware with the files of `kazashi site`: each of its screens is a line of JSON on standard output. A line of
// standard input is repeated on standard output at once and, marked as past, ten seconds later by this process's own clock.
//   screen-process.ts kazashi.toml

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createCardTrust } from '../../../src/card/trust.ts';
import { readConfig } from '../../../src/config/read.ts';
import { systemClock as clock } from '../../../src/core/clock.ts';
import { createLog } from '../../../src/core/log.ts';
import { CardShelf } from '../../../src/main/card-shelf.ts';
import { startKiosk } from '../../../src/main/kiosk.ts';
import { createTwinHardware } from '../../../src/main/twin-hardware.ts';
import { uplinkAccess } from '../../../src/main/uplink-of.ts';

const say = (value: object): void => {
  writeSync(1, `${JSON.stringify(value)}\n`);
};

const config = readConfig(process.argv[2] ?? '');
const log = createLog('warn', process.stderr);
const shelf = await CardShelf.open(`${config.kiosk.dataDirectory}-cards`, clock);
const kiosk = await startKiosk({
  config,
  hardware: createTwinHardware(config, clock, log, 'off'),
  dataDirectory: config.kiosk.dataDirectory,
  trust: createCardTrust(shelf.trust),
  uplink: { ...(await uplinkAccess(config)), version: '0.0.0-check', backoff: { baseMs: 50, capMs: 500 } },
  clock,
  log,
  onPowerOff: () => undefined,
});
let last = '';
kiosk.visit.onScreen(({ screen }) => {
  if (screen !== last) say({ screen });
  last = screen;
});
createInterface({ input: process.stdin }).on('line', (mark) => {
  say({ mark });
  setTimeout(() => say({ past: mark }), 10_000);
});
process.stdin.on('end', () => void kiosk.stop().then(() => process.exit(0)));
