// Run beside a PC/SC service with a virtual reader: starts the demonstration on it, lays the card of a directory on the reader and takes it away,
// as a person with a desk reader does. Prints what was seen as one line of JSON.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Appliance } from '../../journey/appliance.ts';
import { PROGRAM } from '../virtual-reader.ts';

const [card = '', config = ''] = process.argv.slice(2);
const seen: { methods?: string[]; wrong?: string; visit?: object; visits?: number; status?: number | null } = {};

let server: ChildProcess | undefined;
const lay = async (): Promise<void> => {
  server = spawn(process.execPath, [PROGRAM, 'card', 'serve', card], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
};
const take = async (): Promise<void> => {
  if (server === undefined || server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
};

const appliance = await Appliance.start('--reader', 'pcsc', '--config', config);
try {
  await appliance.screen('idle');
  await lay();
  const choice = await appliance.screen('choose-method');
  seen.methods = choice.elements.filter(({ id }) => id.startsWith('method-')).map(({ id }) => id);
  await appliance.press('method-pin');
  await appliance.typePin('0000');
  const wrong = await appliance.until('two tries left', ({ elements }) => elements.some(({ label }) => /あと ?2 ?回/.test(label)));
  seen.wrong = wrong.screen;
  await appliance.typePin('4711');
  await appliance.consent();
  await appliance.screen('done');
  const [visit] = await appliance.visits();
  seen.visit = { method: visit.method, proof: visit.proof, certificate: visit.certificate?.state, number: typeof visit.number };
  await take();
  await appliance.screen('idle');

  await lay();
  await appliance.press('method-pin');
  await appliance.screen('pin');
  await take();
  await appliance.until('the removal', ({ failure }) => failure === 'card/removed');
  await appliance.screen('idle');
  seen.visits = (await appliance.visits()).length;
} catch (error) {
  // Its journal says why.
  process.stderr.write(appliance.output);
  throw error;
} finally {
  await take();
  seen.status = await appliance.stop();
}
process.stdout.write(`${JSON.stringify(seen)}\n`);
