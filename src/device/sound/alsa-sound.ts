// Sound through ALSA's own player: raw samples into the standard input of `aplay`, in small pieces shortly before they are heard,
// so that a key press silences speech at once. Runs while something sounds and rests otherwise. A player that fails is
// reported and tried again later; the visit goes on without sound.

import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '../../core/clock.ts';
import { type Clips, openClips, SAMPLE_RATE } from './clips.ts';
import { Mixer } from './mixer.ts';
import { type GuideCue, MAX_VOLUME, type Sound, type Tone, type Utterance } from './ports.ts';
import { bySentence, clipName } from './sentences.ts';
import { GUIDES, renderMelody, TONES } from './tones.ts';

/** Where samples go: signed 16 bit little-endian, two channels, SAMPLE_RATE. */
export interface Player {
  write(bytes: Uint8Array): void;
  /** What was written is still heard; then the device is free. */
  end(): void;
}

/** `onFailure`: it cannot play, and why. `onEnd`: all that was written has been heard. */
export type OpenPlayer = (onFailure: (reason: string) => void, onEnd?: () => void) => Player;

export interface AlsaSoundOptions {
  readonly device: string;
  /** 0..MAX_VOLUME */
  readonly volume: number;
  readonly clips?: Clips;
  readonly clock?: Clock;
  readonly openPlayer?: OpenPlayer;
  /** The player failed (reason), or a sentence has no recording (its name). */
  readonly onProblem?: (event: 'sound.player-failed' | 'sound.no-recording', fact: string) => void;
}

const PIECE_MS = 20;
/** How far the player is ahead of what is heard: enough for a busy box, short enough to be interrupted. */
const LEAD_MS = 120;
const REST_AFTER_MS = 1500;
const RETRY_AFTER_MS = 30_000;
const SENTENCE_PAUSE_MS = 250;
/** Speech is decoded this far ahead. */
const DECODE_AHEAD_MS = 1000;
const framesOf = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

/** `aplay` of Debian's alsa-utils. */
export const aplay =
  (device: string): OpenPlayer =>
  (onFailure, onEnd) => {
    const words = ['-q', '-D', device, '-t', 'raw', '-f', 'S16_LE', '-c', '2', '-r', String(SAMPLE_RATE), '--buffer-time=200000'];
    const child = spawn('aplay', words, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-200);
    });
    child.on('error', (error) => onFailure(error.message));
    child.on('exit', (code) => {
      if (code !== 0) onFailure(said.trim().split('\n')[0] || `aplay exited with ${code}`);
      else onEnd?.();
    });
    // A player that died closes its input: its exit says why.
    child.stdin.on('error', () => undefined);
    return { write: (bytes) => void child.stdin.write(bytes), end: () => void child.stdin.end() };
  };

export class AlsaSound implements Sound {
  readonly #options: AlsaSoundOptions;
  readonly #clips: Clips;
  readonly #clock: Clock;
  readonly #openPlayer: OpenPlayer;
  readonly #mixer = new Mixer();
  readonly #missing = new Set<string>();
  #cue: GuideCue | undefined;
  #speech = new AbortController();
  #player: Player | undefined;
  #timer: unknown;
  /** Frames handed over since `#began`. */
  #written = 0;
  #began = 0;
  #lastActive = 0;
  #brokenUntil = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: AlsaSoundOptions) {
    this.#options = options;
    this.#clips = options.clips ?? openClips();
    this.#clock = options.clock ?? systemClock;
    this.#openPlayer = options.openPlayer ?? aplay(options.device);
    this.setVolume(options.volume);
  }

  tone(tone: Tone): void {
    this.#mixer.addTone(renderMelody(TONES[tone], SAMPLE_RATE));
    this.#run();
  }

  guide(cue: GuideCue | undefined): void {
    if (cue === this.#cue) return;
    this.#cue = cue;
    this.#mixer.setGuide(cue === undefined ? undefined : renderMelody(GUIDES[cue], SAMPLE_RATE));
    if (cue !== undefined) this.#run();
  }

  speak(utterances: readonly Utterance[]): void {
    this.#speech.abort();
    this.#mixer.interruptSpeech();
    const sentences = bySentence(utterances);
    if (sentences.length === 0) return;
    const stopping = new AbortController();
    this.#speech = stopping;
    this.#mixer.beginSpeech();
    this.#run();
    this.#say(sentences, stopping.signal).catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      this.#mixer.endSpeech();
      this.#options.onProblem?.('sound.player-failed', error instanceof Error ? error.message : 'a recording cannot be read');
    });
  }

  /** Loudness is heard as a power of the samples: the square makes the steps even. */
  setVolume(level: number): void {
    this.#mixer.gain = (Math.max(0, Math.min(MAX_VOLUME, level)) / MAX_VOLUME) ** 2;
  }

  silence(): void {
    this.#speech.abort();
    this.#cue = undefined;
    this.#mixer.silence();
  }

  close(): void {
    this.#closed = true;
    this.silence();
    this.#clock.clearTimeout(this.#timer);
    this.#player?.end();
    this.#player = undefined;
  }

  async #say(sentences: readonly Utterance[], signal: AbortSignal): Promise<void> {
    for (const sentence of sentences) {
      const file = this.#clips.fileOf(sentence);
      if (file === undefined) {
        this.#lacks(clipName(sentence));
        continue;
      }
      for await (const samples of this.#clips.decode(file)) {
        if (signal.aborted) return;
        this.#mixer.addSpeech(samples);
        while (this.#mixer.speechWaiting > framesOf(DECODE_AHEAD_MS) && !signal.aborted) await this.#pause();
      }
      if (signal.aborted) return;
      this.#mixer.addSpeech(new Float32Array(framesOf(SENTENCE_PAUSE_MS)));
    }
    if (!signal.aborted) this.#mixer.endSpeech();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimeout(resolve, LEAD_MS));
  }

  /** Each gap is told once. */
  #lacks(name: string): void {
    if (this.#missing.has(name)) return;
    this.#missing.add(name);
    this.#options.onProblem?.('sound.no-recording', name);
  }

  #run(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#lastActive = this.#clock.monotonicMs();
    this.#pump();
  }

  /** Hands over what will be heard within the lead; goes on until nothing sounds any more. */
  #pump(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonicMs();
    if (this.#mixer.active) this.#lastActive = now;
    if (this.#closed || now - this.#lastActive > REST_AFTER_MS) {
      this.#rest();
      return;
    }
    if (this.#player === undefined && now >= this.#brokenUntil) this.#open(now);
    const wanted = framesOf(now - this.#began + LEAD_MS);
    // After a stall (the box slept, the clock jumped) nothing is caught up.
    if (wanted - this.#written > framesOf(LEAD_MS * 4)) this.#written = wanted - framesOf(LEAD_MS);
    while (this.#written < wanted) {
      const piece = this.#mixer.read(framesOf(PIECE_MS));
      this.#player?.write(piece);
      this.#written += framesOf(PIECE_MS);
    }
    this.#timer = this.#clock.setTimeout(() => this.#pump(), PIECE_MS);
  }

  #open(now: number): void {
    this.#began = now;
    this.#written = 0;
    const player = this.#openPlayer((reason) => {
      if (this.#player !== player) return;
      this.#player = undefined;
      this.#brokenUntil = this.#clock.monotonicMs() + RETRY_AFTER_MS;
      this.#options.onProblem?.('sound.player-failed', reason);
    });
    this.#player = player;
  }

  #rest(): void {
    this.#player?.end();
    this.#player = undefined;
  }
}
