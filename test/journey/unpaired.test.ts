// A new kiosk on a laptop: the code on its panel, let in by the command that the program prints, and the first patient.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { Appliance } from './appliance.ts';
import { PERSON } from './steps.ts';

/** The printed command, run from the build: what it said, and its exit status. */
const run = async (command: string, typed: string): Promise<{ said: string; status: number }> => {
  const words = command.split(' ');
  if (words.splice(0, 2).join(' ') !== 'npx kazashi') throw new Error(`not a command of this program: ${command}`);
  const child = spawn(process.execPath, ['dist/main.js', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.end(`${typed}\n`);
  const [status] = await once(child, 'close');
  return { said, status: status as number };
};

test('a new kiosk shows a code, does nothing else, and serves the first patient once it was let in', async (t) => {
  const appliance = await Appliance.start('--unpaired');
  t.teardown(() => appliance.stop());
  const { admit = '', dataDirectory } = appliance;
  t.ok(admit.startsWith(`npx kazashi site pair ${dataDirectory}/site kiosk-1 `), 'what to run is told');
  const state = await appliance.until('the code', ({ phase }) => phase === 'pairing');
  t.equal(state.screen, 'initialising');
  const code = state.elements.find(({ id }) => String(id) === 'code')?.label ?? '';
  t.match(code, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  const picture = PNG.sync.read(Buffer.from(await (await fetch(`${appliance.twin}/api/screen.png`)).arrayBuffer()));
  t.ok(new Set(new Uint32Array(new Uint8Array(picture.data).buffer)).size > 20, 'it is painted, with the edges of its letters');
  await appliance.place(PERSON);
  await appliance.api('POST', '/api/power', { press: 'short' });
  await appliance.take();
  const health = async () =>
    (await (await fetch(`${appliance.terminal}/api/health`)).json()) as { kiosks: { id: string; status: string }[] };
  t.match(await health(), { ready: true, kiosks: [] }, 'the terminal runs, and knows no kiosk yet');

  const wrong = await run(admit, '00000-00000');
  t.equal(wrong.status, 1, wrong.said);
  t.match(wrong.said, /not paired/);
  t.equal((await appliance.state()).phase, 'pairing', 'another code lets nobody in');
  const right = await run(admit, code.toLowerCase());
  t.equal(right.status, 0, right.said);

  await appliance.screen('idle');
  t.match(await health(), { kiosks: [{ id: 'kiosk-1' }] }, 'the terminal heard of it without a restart');
  await appliance.place(PERSON);
  await appliance.press('method-pin');
  await appliance.typePin('1234');
  await appliance.consent();
  await appliance.screen('done');
  await appliance.until('the answer of reception', ({ uplink }) => uplink.backlog === 0);
  t.match(await appliance.visits(), [{ kiosk: 'kiosk-1', seq: 1, method: 'pin' }]);
  t.notMatch(appliance.output, new RegExp(code), 'and the code is in no log');
  t.match(execFileSync(process.execPath, ['dist/main.js', 'site', 'list', `${dataDirectory}/site`], { encoding: 'utf8' }), /kiosk-1/);
});
