// Sound that is written down instead of heard: the last tone, the guide, what is being said and in which recordings. For twins and tests.

import { type Clips, openClips } from './clips.ts';
import { type GuideCue, MAX_VOLUME, type Sound, type Tone, type Utterance } from './ports.ts';
import { bySentence, clipName } from './sentences.ts';

/** What is being said: the whole text, its language (of the first sentence), and the recordings of its sentences. */
export interface Caption {
  readonly text: string;
  readonly language: string;
  /** One per sentence that has a recording: `language/name`. */
  readonly clips: readonly string[];
  /** Sentences without a recording: a speaker would leave them out. */
  readonly unrecorded: readonly string[];
}

/** How many sounds are remembered, so that a long day stays small. */
const REMEMBERED = 100;

export class TwinSound implements Sound {
  readonly #clips: Clips;
  #tones: Tone[] = [];
  #captions: Caption[] = [];
  #speaking: Caption | undefined;
  #lastTone: Tone | undefined;
  #toneCount = 0;
  #cue: GuideCue | undefined;
  #volume = MAX_VOLUME;
  readonly #listeners = new Set<() => void>();

  constructor(clips: Clips = openClips()) {
    this.#clips = clips;
  }

  tone(tone: Tone): void {
    this.#lastTone = tone;
    this.#toneCount += 1;
    this.#tones = [...this.#tones, tone].slice(-REMEMBERED);
    this.#changed();
  }

  guide(cue: GuideCue | undefined): void {
    if (cue === this.#cue) return;
    this.#cue = cue;
    this.#changed();
  }

  speak(utterances: readonly Utterance[]): void {
    const sentences = bySentence(utterances);
    const [first] = sentences;
    const recorded = (one: Utterance): boolean => this.#clips.fileOf(one) !== undefined;
    this.#speaking =
      first === undefined
        ? undefined
        : {
            text: utterances
              .map(({ text }) => (text.endsWith('.') ? `${text} ` : text))
              .join('')
              .trim(),
            language: first.language,
            clips: sentences.filter(recorded).map((one) => `${one.language}/${clipName(one)}`),
            unrecorded: sentences.filter((one) => !recorded(one)).map(({ text }) => text),
          };
    if (this.#speaking !== undefined) this.#captions = [...this.#captions, this.#speaking].slice(-REMEMBERED);
    this.#changed();
  }

  setVolume(level: number): void {
    this.#volume = level;
    this.#changed();
  }

  silence(): void {
    this.#speaking = undefined;
    this.#lastTone = undefined;
    this.#cue = undefined;
    this.#changed();
  }

  close(): void {
    this.silence();
  }

  /** The tone that sounded last since the last silence. */
  get lastTone(): Tone | undefined {
    return this.#lastTone;
  }

  /** Tones that sounded so far: the same one twice is two. */
  get toneCount(): number {
    return this.#toneCount;
  }

  /** What leads the face now. */
  get cue(): GuideCue | undefined {
    return this.#cue;
  }

  /** What is being said. */
  get caption(): Caption | undefined {
    return this.#speaking;
  }

  get volume(): number {
    return this.#volume;
  }

  get tones(): readonly Tone[] {
    return this.#tones;
  }

  get captions(): readonly Caption[] {
    return this.#captions;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
