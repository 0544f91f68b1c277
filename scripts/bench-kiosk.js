// The kiosk alone in a process, for measuring its memory: what runs on the box, on simulated hardware, with one card; no pages, no broker,
// no making of cards. Plain JavaScript on purpose: a loader would be measured too. Started by scripts/bench/kiosk-alone.ts.
//   node scripts/bench-kiosk.js DIRECTORY BROKER_URL   (DIRECTORY as the demonstration keeps it: keys/, cards/, kiosk/)
// Prints one line of JSON after a visit's face match: {rssMb, loopMs: {p99, max}}, the loop watched from the card on.

import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCardTrust } from '../dist/card/trust.js';
import { parseConfig } from '../dist/config/read.js';
import { systemClock as clock } from '../dist/core/clock.js';
import { silentLog as log } from '../dist/core/log.js';
import { CardShelf } from '../dist/main/card-shelf.js';
import { startKiosk } from '../dist/main/kiosk.js';
import { createTwinHardware } from '../dist/main/twin-hardware.js';
import { residentPortrait } from '../dist/twin/residents.js';
import { loadKeySet, publicKeySet } from '../dist/uplink/seal-keys.js';

const [, , directory, brokerUrl] = process.argv;
const config = parseConfig('', 'defaults');
const shelf = await CardShelf.open(join(directory, 'cards'), clock);
const [{ name }] = shelf.list();
const hardware = createTwinHardware(config, clock, log);
await hardware.camera.showDrawing(residentPortrait(name, 'camera'));
const kiosk = await startKiosk({
  config,
  hardware,
  dataDirectory: join(directory, 'kiosk'),
  trust: createCardTrust(shelf.trust),
  uplink: {
    brokerUrl,
    kioskKey: await loadKeySet(join(directory, 'keys', 'kiosk.private.json')),
    terminalKeys: [publicKeySet(await loadKeySet(join(directory, 'keys', 'terminal.private.json')))],
    version: 'bench',
  },
  clock,
  log,
  onPowerOff: () => undefined,
});

const screen = async (wanted) => {
  for (let i = 0; i < 2000 && kiosk.visit.screen.screen !== wanted; i += 1) await sleep(15);
  await kiosk.display.warm();
};
await screen('idle');
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
hardware.tray.card = shelf.get(name);
hardware.chip.insert(shelf.get(name));
await screen('choose-method');
kiosk.visit.send({ type: 'INPUT', input: { type: 'press', element: 'method-face' } });
await screen('consent');
if (kiosk.visit.screen.screen !== 'consent') throw new Error(`no match; now ${kiosk.visit.screen.screen}`);
loop.disable();
const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - 1);
const loopMs = { p99: ms(loop.percentile(99)), max: ms(loop.max) };
process.stdout.write(`${JSON.stringify({ rssMb: process.memoryUsage.rss() / 1024 / 1024, loopMs })}\n`);
await kiosk.stop();
process.exit(0);
