// The guide: moving pictures on the panel, and the same on paper.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { sleep } from '../../src/core/clock.ts';
import { LANGUAGES, type ScreenModel } from '../../src/core/screens.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import { posterPage } from '../../src/display/poster.ts';
import { changedRects, drawingOf } from '../../src/display/tiles.ts';
import { command } from '../../src/main/commands/poster.ts';
import { HowToPlayer } from '../../src/main/how-to-player.ts';

const PANEL = { width: 1280, height: 800 };

test('the guide goes through four parts in 20 seconds, many pictures a second, and stops with its screen', async (t) => {
  const clock = new VirtualClock();
  let model: ScreenModel = { screen: 'how-to', language: 'en' };
  const shown: ScreenModel[] = [];
  const player: HowToPlayer = new HowToPlayer(clock, () => {
    shown.push(player.frame(model));
  });
  player.frame(model);
  await clock.run(sleep(clock, 20_000));
  const parts = shown.map((one) => buildScene(one, PANEL).speech);
  t.equal(new Set(parts).size, 4, 'each part has its own caption');
  t.ok(shown.length >= 200, `${shown.length} pictures`);
  model = { screen: 'idle', language: 'en', languages: ['en'] };
  t.equal(player.frame(model), model);
  const before = shown.length;
  await clock.run(sleep(clock, 1000));
  t.equal(shown.length, before, 'nothing moves any more');
});

test('from one picture of the guide to the next a small part of the panel changes', async (t) => {
  const at = (elapsedMs: number) => drawingOf(buildScene({ screen: 'how-to', language: 'ja', elapsedMs }, PANEL), undefined);
  for (const moment of [1500, 3500, 6000, 8000, 13_000, 18_500]) {
    const area = changedRects(at(moment), at(moment + 83)).reduce((sum, { width, height }) => sum + width * height, 0);
    t.ok(area < PANEL.width * PANEL.height * 0.2, `${area} pixels at ${moment} ms`);
  }
});

test('wherever a finger comes down on the guide, it means back', async (t) => {
  const { elements } = buildScene({ screen: 'how-to', language: 'ja', elapsedMs: 0 }, PANEL);
  t.match(elements.at(-1), { id: 'back', role: 'button', rect: { x: 0, y: 0, ...PANEL } });
});

test('the poster fits its page in every language', async (t) => {
  for (const language of LANGUAGES) t.same(posterPage(language, 'かざし総合リハビリテーション病院').misfits, [], language);
});

test('kazashi poster writes a PDF with one A4 page a language, and refuses a language it has not', async (t) => {
  const file = join(t.testdir(), 'poster.pdf');
  t.equal(await command.run(['--lang', 'ja,en', '--out', file]), 0);
  const pdf = readFileSync(file, 'latin1');
  t.match(pdf.slice(0, 5), '%PDF-');
  t.equal(pdf.match(/\/MediaBox \[0 0 595\.28 841\.89\]/g)?.length, 2);
  t.equal(pdf.match(/\/Width 2480/g)?.length, 2, '300 dpi');
  await t.rejects(command.run(['--lang', 'fr', '--out', file]), { code: 'input/invalid', message: /fr.*allowed: ja, en/ });
  await t.rejects(command.run(['--out', join(file, 'poster.pdf')]), { code: 'storage/unwritable', message: /--out/ });
});
