// The loudspeaker's path against the real aplay: what the kiosk plays reaches ALSA as samples, and a device that is not there is told once.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { AlsaSound } from '../../src/device/sound/alsa-sound.ts';
import { SAMPLE_RATE } from '../../src/device/sound/clips.ts';
import { renderMelody, TONES } from '../../src/device/sound/tones.ts';

const installed = spawnSync('aplay', ['--version']).error === undefined;
const options = { skip: installed ? false : 'aplay is not installed: apt-get install alsa-utils', timeout: 60_000 };

/** ALSA as on a box, with one more device: a loudspeaker that writes down what it is given. */
const withRecorder = (directory: string): string => {
  const record = join(directory, 'heard.raw');
  const settings = join(directory, 'asound.conf');
  writeFileSync(record, '');
  writeFileSync(settings, `</usr/share/alsa/alsa.conf>\npcm.record { type file slave.pcm { type null } file "${record}" format raw }\n`);
  process.env['ALSA_CONFIG_PATH'] = settings;
  return record;
};

/** Left channel, −1 to 1. */
const samplesOf = (file: string): Float32Array => {
  const bytes = readFileSync(file);
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readInt16LE(4 * i) / 32_768);
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(50);
};

/** Highest likeness of `heard` to `tone` over all shifts, 1 = the same but for loudness. */
const likeness = (heard: Float32Array, tone: Float32Array): number => {
  let most = 0;
  for (let shift = 0; shift + tone.length <= heard.length; shift++) {
    let [product, a, b] = [0, 0, 0];
    for (let i = 0; i < tone.length; i += 7) {
      const x = heard[shift + i] as number;
      const y = tone[i] as number;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    most = Math.max(most, product / Math.sqrt(a * b || 1));
  }
  return most;
};

test('a tone reaches ALSA as it was drawn', options, async (t) => {
  const record = withRecorder(t.testdir());
  const problems: string[] = [];
  const sound = new AlsaSound({ device: 'record', volume: 10, onProblem: (event, fact) => void problems.push(`${event} ${fact}`) });
  t.teardown(() => sound.close());
  const tone = renderMelody(TONES.key, SAMPLE_RATE).filter((_, i) => i % 2 === 0);
  sound.tone('key');
  await until(() => samplesOf(record).length > tone.length + SAMPLE_RATE / 2 || problems.length > 0);
  t.same(problems, []);
  const heard = samplesOf(record);
  t.ok(likeness(heard.subarray(0, tone.length + SAMPLE_RATE / 2), tone) > 0.98);
});

test('a device that is not there is told, and the kiosk goes on without sound', options, async (t) => {
  withRecorder(t.testdir());
  const problems: string[] = [];
  const sound = new AlsaSound({ device: 'no-such-device', volume: 5, onProblem: (event, fact) => void problems.push(`${event} ${fact}`) });
  t.teardown(() => sound.close());
  sound.tone('error');
  await until(() => problems.length > 0);
  t.match(problems[0], /^sound\.player-failed .*no-such-device/);
  sound.tone('key');
  t.equal(problems.length, 1, 'told once');
});
