// A kiosk that is its link alone: the settings of `kazashi site`, the product's own composition, no hardware. Each line of standard input is
// the visit id of a finished visit; what becomes of it is told on standard output, a line of JSON each, written before anything else happens.
//   kiosk-process.ts kazashi.toml [retry-base-ms retry-cap-ms]

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readConfig } from '../../../src/config/read.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { isFailure } from '../../../src/core/failure.ts';
import { systemRandom } from '../../../src/core/ids.ts';
import { createLog } from '../../../src/core/log.ts';
import { askAdmission } from '../../../src/main/pairing/ask-admission.ts';
import { isPaired } from '../../../src/main/pairing/identity.ts';
import { uplinkAccess, uplinkLimits } from '../../../src/main/uplink-of.ts';
import { createUplink } from '../../../src/uplink/uplink.ts';
import { visitContent } from '../../uplink/visit-content.ts';

const [, , file = '', baseMs, capMs] = process.argv;
const say = (value: object): void => {
  writeSync(1, `${JSON.stringify(value)}\n`);
};

const config = readConfig(file);
if (!isPaired(config)) {
  await askAdmission({ config, clock: systemClock, random: systemRandom, everyMs: 100, show: (pairing, state) => say({ pairing, state }) });
}
const uplink = createUplink({
  ...(await uplinkAccess(config)),
  ...uplinkLimits(config, config.kiosk.dataDirectory),
  version: '0.0.0-check',
  log: createLog('debug', process.stderr),
  ...(baseMs === undefined ? {} : { backoff: { baseMs: Number(baseMs), capMs: Number(capMs) } }),
});
uplink.onState((state) => say({ ...state, atMs: performance.timeOrigin + performance.now() }));
uplink.onFailure(({ code, facts }) => say({ failure: code, ...facts }));
uplink.onCommand(({ name }) => say({ command: name }));
await uplink.start();
uplink.announce('ready', []);
say({ ...uplink.state, atMs: performance.timeOrigin + performance.now() });

const finish = async (visitId: string): Promise<void> => {
  try {
    const { id, seq, acked } = await uplink.submit(visitContent({ visitId }));
    say({ done: visitId, id, seq });
    const { status, code, checkIn } = await acked;
    say({
      acked: visitId,
      status,
      ...(code === undefined ? {} : { code }),
      ...(checkIn?.number === undefined ? {} : { number: checkIn.number }),
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    say({ failure: error.code, visitId, ...error.facts });
  }
};
createInterface({ input: process.stdin }).on('line', (visitId) => void finish(visitId));
process.stdin.on('end', () => void uplink.stop().then(() => process.exit(0)));
process.on('SIGTERM', () => void uplink.stop().then(() => process.exit(0)));
