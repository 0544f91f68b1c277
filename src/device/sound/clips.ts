// The recorded sentences of voice/: finds one by its text, decodes it piece by piece so that nothing else waits.
// Ogg Opus (RFC 7845); the only file that knows the decoder. Never makes a recording: that is `npm run voice`.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Utterance } from './ports.ts';
import { clipName } from './sentences.ts';

/** Of all decoded sound; the recordings hold nothing above 8 kHz. */
export const SAMPLE_RATE = 24_000;
/** Samples that an Opus decoder gives before the sound begins are counted at 48 kHz (RFC 7845, 5.1). */
const PRE_SKIP_RATE = 48_000;

export interface Clips {
  /** The file of a sentence's recording; undefined when there is none. */
  fileOf(sentence: Utterance): string | undefined;
  /** Mono samples −1..1 at SAMPLE_RATE, about 60 ms a piece. */
  decode(file: string): AsyncGenerator<Float32Array>;
}

/** voice/ of the package this module runs in, from src/ or dist/. */
export const voiceDirectory = (): string => join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'voice');

export const openClips = (directory: string = voiceDirectory()): Clips => {
  const decode = async function* (file: string): AsyncGenerator<Float32Array> {
    const [{ default: CodecParser }, { OpusDecoder }] = await Promise.all([import('codec-parser'), import('opus-decoder')]);
    const pages = new CodecParser('audio/ogg', { enableFrameCRC32: false }).parseAll(new Uint8Array(await readFile(file)));
    const frames = pages.flatMap((page) => ('codecFrames' in page ? page.codecFrames : []));
    const header = frames[0]?.header;
    const preSkip = header !== undefined && 'preSkip' in header ? header.preSkip : 0;
    const decoder = new OpusDecoder({ sampleRate: SAMPLE_RATE, channels: 1, preSkip: Math.round((preSkip * SAMPLE_RATE) / PRE_SKIP_RATE) });
    await decoder.ready;
    try {
      for (const frame of frames) {
        const [samples] = decoder.decodeFrame(frame.data).channelData;
        if (samples !== undefined) yield samples;
      }
    } finally {
      decoder.free();
    }
  };
  return {
    fileOf(sentence) {
      const file = join(directory, sentence.language, `${clipName(sentence)}.opus`);
      return existsSync(file) ? file : undefined;
    },
    decode,
  };
};
