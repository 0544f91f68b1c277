// A new kiosk comes to a site that runs: it shows a code, somebody types it at `kazashi site pair`, and its first visit is at the reception over
// mTLS, with Debian's mosquitto and nothing started again.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { freePort } from '../free-port.ts';
import { KioskProcess, Lab, NO_MOSQUITTO, siteCommand, until } from './uplink/lab.ts';

const ROOT = join(import.meta.dirname, '../..');

test('a kiosk paired by its code delivers to the site that runs', { skip: NO_MOSQUITTO, timeout: 300_000 }, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make('kiosk-1');
  await lab.startBroker();
  await lab.startTerminal();
  const [port, data, file] = [await freePort(), lab.path('new-kiosk'), lab.path('new.toml')];
  writeFileSync(
    file,
    [
      `[site]\nid = "${lab.site}"`,
      `[kiosk]\nid = "kiosk-2"\ndataDirectory = "${data}"`,
      `[uplink]\nbroker = "mqtts://127.0.0.1:${lab.port}"\npairing = "http://127.0.0.1:${port}"\n`,
    ].join('\n'),
  );
  const program = join(import.meta.dirname, 'uplink/kiosk-process.ts');
  const start = () => new KioskProcess(lab.run(process.execPath, ['--import', 'tsx', program, file, '50', '500']));
  const kiosk = start();
  const { pairing: code } = await until('the code', () => kiosk.look().pairing[0]);

  const wrong = lab.run(process.execPath, [join(ROOT, 'dist/main.js'), 'site', 'pair', lab.path('site'), 'kiosk-2', '--port', `${port}`]);
  wrong.child.stdin?.write('00000-00000\n');
  await until('the wrong code to be refused', () => wrong.child.exitCode !== null);
  t.equal(wrong.child.exitCode, 1);
  t.match(wrong.lines.join('\n'), /not paired: .* another code/);
  t.notOk(existsSync(lab.path('site', 'kiosks', 'kiosk-2')));

  const pair = lab.run(process.execPath, [join(ROOT, 'dist/main.js'), 'site', 'pair', lab.path('site'), 'kiosk-2', '--port', `${port}`]);
  pair.child.stdin?.write(`${code}\n`);
  await until('the pairing', () => pair.child.exitCode !== null);
  t.equal(pair.child.exitCode, 0, pair.errors());
  t.match(pair.lines.join('\n'), /kiosk-2 is paired/);
  t.notMatch(pair.errors() + pair.lines.join('\n') + kiosk.process.errors(), new RegExp(code), 'the code is in no log');

  await kiosk.until({ broker: 'connected', terminal: 'ready' });
  const visit = uuidV7(Date.now());
  kiosk.finish(visit);
  await until('the ack', () => kiosk.look().acked.some(({ acked, status }) => acked === visit && status === 'accepted'));
  await kiosk.process.end('SIGTERM');

  const again = start();
  await again.until({ broker: 'connected', terminal: 'ready' });
  t.same(again.pairing, [], 'started again it is still who it is');
  await again.process.end('SIGTERM');

  siteCommand('remove-kiosk', lab.path('site'), 'kiosk-2');
  t.notOk(existsSync(lab.path('site', 'terminals', 'terminal', 'keys', 'kiosk-2.json')), 'and it can be taken out like any other');
});
