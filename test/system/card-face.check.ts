// A whole visit where 照合番号B is read from pixels: the card on the simulated tray is drawn and photographed, the real reader reads it, the chip
// opens by what it read, and the photo in it recognises the patient.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { Appliance } from '../journey/appliance.ts';

test('the printed code is read from pixels, opens the chip, and never costs a try', { timeout: 600_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-card-face-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const config = join(directory, 'kazashi.toml');
  writeFileSync(config, '[kiosk]\nlogLevel = "info"\n[trayCamera]\nsource = "drawn"\n');
  const appliance = await Appliance.start('--config', config);
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');

  await t.test('a resident is recognised by face', async (t) => {
    await appliance.camera({ resident: 'sato-haruka' });
    await appliance.place('sato-haruka');
    await appliance.screen('choose-method');
    await appliance.press('method-face');
    await appliance.screen('consent');
    await appliance.consent();
    await appliance.screen('done');
    const [visit] = await appliance.visits();
    t.equal(visit.method, 'face');
    await appliance.take();
    await appliance.screen('idle');
    t.match(appliance.output, /"event":"card.face-read"/);
  });

  await t.test("other residents' cards are read too, and no card loses a try", async (t) => {
    const { body } = await appliance.api('GET', '/api/cards');
    const cards = (body as { cards?: { name: string; kind: string }[] }).cards ?? (body as { name: string; kind: string }[]);
    const names = cards
      .filter(({ kind }) => kind === 'my-number')
      .map(({ name }) => name)
      .slice(1, 4);
    t.equal(names.length, 3);
    for (const name of names) {
      await appliance.place(name);
      await appliance.screen('choose-method');
      await appliance.take();
      await appliance.screen('idle');
    }
    const after = (await appliance.api('GET', '/api/cards')).body as { codeTriesLeft: number | null; kind: string }[] | { cards: never[] };
    const left = (Array.isArray(after) ? after : after.cards).filter(({ kind }) => kind === 'my-number');
    t.ok(
      left.every(({ codeTriesLeft }) => codeTriesLeft === 10),
      'all tries left',
    );
    t.equal(appliance.output.match(/"event":"card.face-read"/g)?.length, 1 + names.length, 'each was read');
    t.notMatch(appliance.output, /"event":"card.face-not-read"/);
  });
});
