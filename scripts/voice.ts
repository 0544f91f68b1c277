// Records every sentence of the language files that has no recording yet: npm run voice
// voice/LANGUAGE/NAME.opus, NAME = hash of language and sentence, so that a changed sentence is recorded anew; recordings of sentences
// that nobody says any more are deleted. What could not be made is listed in voice/gaps.json and on the screen.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipName } from '../src/device/sound/sentences.ts';
import { compress, ENGINES } from './voice/engines.ts';
import { everySentence } from './voice/prompts.ts';

const ROOT = 'voice';
const work = mkdtempSync(join(tmpdir(), 'kazashi-voice-'));
const gaps: Record<string, string | readonly string[]> = {};
let bytes = 0;

for (const [language, sentences] of everySentence()) {
  const engine = ENGINES[language];
  const folder = join(ROOT, language);
  const fileOf = (text: string) => join(folder, `${clipName({ text, language })}.opus`);
  if (engine === undefined) {
    gaps[language] = 'no speech engine with a voice that may be shipped';
    console.log(`${language}  no engine: ${sentences.length} sentences are shown and not said`);
    continue;
  }
  mkdirSync(folder, { recursive: true });
  const wanted = new Set(sentences.map(fileOf));
  for (const name of readdirSync(folder)) if (!wanted.has(join(folder, name))) rmSync(join(folder, name));
  const missing = sentences.filter((text) => !existsSync(fileOf(text)));
  const absent = engine.programs.filter((program) => !existsSync(program));
  if (missing.length > 0 && absent.length > 0) {
    gaps[language] = missing;
    console.log(`${language}  ${absent.join(', ')} missing: apt-get install ${engine.packages}`);
    continue;
  }
  if (missing.length > 0) await engine.prepare();
  const failed: string[] = [];
  for (const text of missing) {
    try {
      const wav = join(work, 'speech.wav');
      engine.speak(text, wav);
      compress(wav, fileOf(text));
    } catch (error) {
      rmSync(fileOf(text), { force: true });
      failed.push(text);
      console.log(`${language}  not recorded: ${text}  (${error instanceof Error ? error.message : error})`);
    }
  }
  if (failed.length > 0) gaps[language] = failed;
  const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  bytes += size;
  console.log(`${language}  ${sentences.length} sentences, ${missing.length - failed.length} recorded now, ${Math.round(size / 1024)} KB`);
}
writeFileSync(join(ROOT, 'gaps.json'), `${JSON.stringify(gaps, null, 2)}\n`);
rmSync(work, { recursive: true, force: true });
console.log(`${Math.round(bytes / 1024)} KB in all; gaps: ${Object.keys(gaps).length === 0 ? 'none' : JSON.stringify(gaps)}`);
process.exit(Object.values(gaps).some((gap) => typeof gap !== 'string') ? 1 : 0);
