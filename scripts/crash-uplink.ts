// Kills kiosks, terminal and broker at random moments of many visits and reports what was lost, doubled, reordered (docs/threat-model.md).
//   npm run crash:uplink -- [--visits 1000] [--seed 1] [--json FILE]
// Needs Debian's mosquitto. Exit status 1 when anything was lost, doubled, reordered or invented, or when one of the three was never killed.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { crashRun } from '../test/system/uplink/crash-run.ts';
import { NO_MOSQUITTO } from '../test/system/uplink/lab.ts';

const { values } = parseArgs({
  options: { visits: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, json: { type: 'string' } },
});
if (NO_MOSQUITTO !== false) {
  process.stderr.write(`${NO_MOSQUITTO}\n`);
  process.exit(2);
}
const report = await crashRun(Number(values.visits), Number(values.seed));
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
const spared = Object.entries(report.kills).flatMap(([who, times]) => (times === 0 ? [who] : []));
if (spared.length > 0) process.stderr.write(`Never killed: ${spared.join(', ')}. This run says nothing.\n`);
process.exitCode = report.lost + report.doubled + report.reordered + report.invented + spared.length === 0 ? 0 : 1;
