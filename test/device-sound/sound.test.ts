// Recordings, tones and the mixer; ALSA's player replaced by one that keeps the samples.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { everySentence } from '../../scripts/voice/prompts.ts';
import { LANGUAGES, SPOKEN_LANGUAGES } from '../../src/core/screens.ts';
import { AlsaSound } from '../../src/device/sound/alsa-sound.ts';
import { openClips, SAMPLE_RATE, voiceDirectory } from '../../src/device/sound/clips.ts';
import { Mixer } from '../../src/device/sound/mixer.ts';
import { clipName, sentencesOf } from '../../src/device/sound/sentences.ts';
import { SilentSound } from '../../src/device/sound/silent-sound.ts';
import { GUIDES, renderMelody, TONES } from '../../src/device/sound/tones.ts';
import { TwinSound } from '../../src/device/sound/twin-sound.ts';

const TAKE = { text: 'カードをお取りください。', language: 'ja' } as const;
const gaps = JSON.parse(readFileSync(join(voiceDirectory(), 'gaps.json'), 'utf8')) as Record<string, unknown>;

test('every sentence that can be said has a recording made from exactly this text, and no recording is left over', async (t) => {
  for (const [language, sentences] of everySentence()) {
    if (typeof gaps[language] === 'string') continue;
    const wanted = new Map(sentences.map((text) => [`${clipName({ text, language })}.opus`, text]));
    const there = new Set(readdirSync(join(voiceDirectory(), language)));
    const missing = [...wanted].filter(([name]) => !there.has(name)).map(([, text]) => text);
    t.same(missing, [], `${language}: npm run voice records these`);
    const stale = [...there].filter((name) => !wanted.has(name));
    t.same(stale, [], `${language}: npm run voice deletes these`);
    t.ok(sentences.length > 200, `${language} has its sentences`);
  }
});

test('what cannot be said is listed: only whole languages without an engine, never Japanese or English', async (t) => {
  for (const language of LANGUAGES) {
    if (SPOKEN_LANGUAGES.includes(language)) t.equal(gaps[language], undefined, language);
    else t.type(gaps[language], 'string', language);
  }
  t.ok(['ja', 'en'].every((language) => SPOKEN_LANGUAGES.some((spoken) => spoken === language)));
});

/** Seconds of an Ogg Opus file: the granule position of its last page (RFC 7845, 4). */
const secondsOf = (file: Buffer): number => {
  const page = file.lastIndexOf('OggS');
  return Number(file.readBigUInt64LE(page + 6)) / 48_000;
};

test('every recording is sound of a length that fits its sentence', async (t) => {
  for (const [language, sentences] of everySentence()) {
    if (typeof gaps[language] === 'string') continue;
    const odd = sentences.filter((text) => {
      const file = readFileSync(join(voiceDirectory(), language, `${clipName({ text, language })}.opus`));
      const seconds = secondsOf(file);
      const letters = text.replace(/[^\p{L}\p{N}]/gu, '').length;
      const least = letters * (language === 'en' ? 0.035 : 0.07);
      return file.subarray(0, 4).toString() !== 'OggS' || seconds < Math.max(0.2, least) || seconds > 1.5 + letters * 0.45;
    });
    t.same(odd, [], language);
  }
});

test('a text is cut into its sentences, in Japanese and English', async (t) => {
  t.same(sentencesOf('初期化しています。お待ちください！'), ['初期化しています。', 'お待ちください！']);
  t.same(sentencesOf('The PIN is wrong. You have 2 tries left.'), ['The PIN is wrong.', 'You have 2 tries left.']);
  t.same(sentencesOf('。 \n'), []);
  t.not(clipName(TAKE), clipName({ ...TAKE, language: 'en' }));
});

test('the tone for the left is heard on the left alone, the one for the right on the right, others on both', async (t) => {
  const energy = (samples: Float32Array) => {
    const sums: [number, number] = [0, 0];
    samples.forEach((value, i) => {
      sums[i % 2 === 0 ? 0 : 1] += value * value;
    });
    return sums;
  };
  const [left, silent] = energy(renderMelody(GUIDES.left, SAMPLE_RATE));
  t.ok(left > 1 && silent < 1e-6);
  const [quiet, right] = energy(renderMelody(GUIDES.right, SAMPLE_RATE));
  t.ok(right > 1 && quiet < 1e-6);
  const [one, other] = energy(renderMelody(GUIDES.closer, SAMPLE_RATE));
  t.ok(Math.abs(one - other) < one * 1e-6);
  const pitches = ['alarm-1', 'alarm-2', 'alarm-3'] as const;
  const highest = pitches.map((name) => Math.max(...TONES[name].notes.map(([hertz]) => hertz)));
  t.same(
    highest,
    [...highest].sort((a, b) => a - b),
    'the alarm rises',
  );
});

test('speech, a tone and a guide sound together, never beyond full scale, and the mixer rests afterwards', async (t) => {
  const mixer = new Mixer();
  mixer.beginSpeech();
  mixer.addSpeech(new Float32Array(100).fill(0.9));
  mixer.endSpeech();
  mixer.addTone(new Float32Array(200).fill(0.9));
  mixer.setGuide(new Float32Array(20).fill(0.9));
  const bytes = mixer.read(100);
  t.equal(new DataView(bytes.buffer).getInt16(0, true), 32767);
  t.equal(mixer.active, true, 'the guide goes on');
  mixer.setGuide(undefined);
  t.equal(mixer.active, false);
  mixer.gain = 0;
  mixer.addTone(new Float32Array(200).fill(0.9));
  t.ok(
    mixer.read(100).every((byte) => byte === 0),
    'volume 0 is silence',
  );
});

/** A sound whose player keeps what it is given. */
const listen = () => {
  const heard: Uint8Array[] = [];
  const problems: string[] = [];
  let ended = 0;
  const sound = new AlsaSound({
    device: 'none',
    volume: 10,
    openPlayer: () => ({ write: (bytes) => heard.push(bytes), end: () => (ended += 1) }),
    onProblem: (event, fact) => problems.push(`${event} ${fact}`),
  });
  const samples = () => {
    const all = Buffer.concat(heard);
    return new Int16Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length));
  };
  const loud = () => samples().filter((value) => Math.abs(value) > 500).length;
  return { sound, problems, loud, samples, heard, ended: () => ended };
};

const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1000 && !holds(); i += 1) await sleep(10);
};

test('a spoken sentence reaches the player as samples, and a new word or silence stops it within a moment', async (t) => {
  const { sound, loud, problems, samples, heard } = listen();
  t.teardown(() => sound.close());
  sound.speak([TAKE]);
  await until(() => loud() > 2000);
  t.ok(loud() > 2000, 'speech is heard');
  t.equal(samples().length % 2, 0);
  sound.silence();
  heard.length = 0;
  sound.tone('key');
  await until(() => loud() > 0);
  await sleep(300);
  const tail = samples().slice(-2000);
  t.ok(
    tail.every((value) => value === 0),
    'only the key was heard',
  );
  t.same(problems, []);
});

test('a sentence without a recording is told once and the next one is said', async (t) => {
  const { sound, loud, problems } = listen();
  t.teardown(() => sound.close());
  const unknown = { text: 'これは録音がありません。', language: 'ja' } as const;
  sound.speak([unknown, unknown, TAKE]);
  await until(() => loud() > 2000);
  t.ok(loud() > 2000);
  t.same(problems, [`sound.no-recording ${clipName(unknown)}`]);
});

test('a player that fails is reported, is not asked again at once, and nothing else breaks', async (t) => {
  const problems: string[] = [];
  let opened = 0;
  const sound = new AlsaSound({
    device: 'none',
    volume: 5,
    openPlayer: (onFailure) => {
      opened += 1;
      queueMicrotask(() => onFailure('no such device'));
      return { write: () => undefined, end: () => undefined };
    },
    onProblem: (event, fact) => problems.push(`${event} ${fact}`),
  });
  t.teardown(() => sound.close());
  sound.guide('closer');
  await sleep(120);
  sound.tone('error');
  await sleep(60);
  t.same(problems, ['sound.player-failed no such device']);
  t.equal(opened, 1);
});

test('a missing aplay is a problem that is told, not a crash', async (t) => {
  const { PATH } = process.env;
  const empty = mkdtempSync(join(tmpdir(), 'kazashi-no-aplay-'));
  t.teardown(() => {
    Object.assign(process.env, { PATH });
    rmSync(empty, { recursive: true });
  });
  Object.assign(process.env, { PATH: empty });
  const problems: string[] = [];
  const sound = new AlsaSound({ device: 'default', volume: 5, onProblem: (event) => problems.push(event) });
  t.teardown(() => sound.close());
  sound.tone('key');
  await until(() => problems.length > 0);
  t.same(problems, ['sound.player-failed']);
});

test('the simulated sound remembers tones, the guide, the volume and what is said in which recordings', async (t) => {
  const sound = new TwinSound();
  let changes = 0;
  const stop = sound.onChange(() => {
    changes += 1;
  });
  sound.tone('card-detected');
  sound.speak([TAKE, { text: '録音なし。', language: 'ja' }]);
  t.equal(sound.lastTone, 'card-detected');
  t.same(sound.caption, {
    text: 'カードをお取りください。録音なし。',
    language: 'ja',
    clips: [`ja/${clipName(TAKE)}`],
    unrecorded: ['録音なし。'],
  });
  t.ok(
    openClips()
      .fileOf(TAKE)
      ?.endsWith(`${clipName(TAKE)}.opus`),
  );
  sound.speak([{ text: 'Please take your card.', language: 'en' }]);
  t.equal(sound.caption?.language, 'en', 'a new prompt interrupts the old one');
  sound.guide('left');
  sound.setVolume(3);
  t.equal(sound.cue, 'left');
  t.equal(sound.volume, 3);
  sound.silence();
  t.equal(sound.caption, undefined);
  t.equal(sound.lastTone, undefined);
  t.equal(sound.cue, undefined);
  t.equal(sound.captions.length, 2);
  for (let i = 0; i < 120; i += 1) sound.tone('key');
  t.equal(sound.tones.length, 100);
  stop();
  const before = changes;
  sound.tone('error');
  t.equal(changes, before);
  const silent = new SilentSound();
  t.doesNotThrow(() => {
    silent.tone();
    silent.guide();
    silent.speak();
    silent.setVolume();
    silent.silence();
    silent.close();
  });
});
