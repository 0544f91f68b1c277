// `npm start -- --reader pcsc`: the whole kiosk on a desk reader, with a real PC/SC service between it and a served card.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { missing, missingAddon, PROGRAM, VirtualReader } from './virtual-reader.ts';

const skip = missing() || missingAddon();
const reader = new VirtualReader();
root.teardown(() => reader.close());

test('with a desk reader a patient checks in by PIN, and a card taken away ends the visit', { skip, timeout: 240_000 }, async (t) => {
  const eject = await reader.insert('card', ['--pin', '4711']);
  await eject();
  const card = join(reader.directory, 'card');
  const config = join(reader.directory, 'kiosk.toml');
  writeFileSync(config, `[reader]\ntrustAnchors = "${join(card, 'trust')}"\n`);
  const { out, all, status } = reader.run('node_modules/.bin/tsx', 'test/system/pcsc/desk-visit.ts', card, config);
  t.equal(status, 0, all);
  const seen = JSON.parse(out.trim().split('\n').at(-1) ?? '{}');
  t.match(seen, {
    wrong: 'pin',
    visit: { method: 'pin', proof: 'card-signature', certificate: 'valid', number: 'string' },
    visits: 1,
    status: 0,
  });
  t.ok(seen.methods?.includes('method-pin'), 'nobody reads the printed face, so the PIN is the way');
  const shown = reader.run(process.execPath, PROGRAM, 'card', 'show', card);
  t.match(shown.out, /auth-pin +4711 +3 tries left/, 'the good PIN has given the wrong one’s try back');
});
