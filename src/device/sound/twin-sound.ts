// Sound that is written down instead of heard: the last tone, the caption of the speech that runs. For twins and tests.

import type { Sound, Tone } from './ports.ts';

export interface Caption {
  readonly text: string;
  readonly language: string;
}

/** How many sounds are remembered, so that a long day stays small. */
const REMEMBERED = 50;

export class TwinSound implements Sound {
  #tones: Tone[] = [];
  #captions: Caption[] = [];
  #speaking: Caption | undefined;
  #lastTone: Tone | undefined;
  readonly #listeners = new Set<() => void>();

  tone(tone: Tone): void {
    this.#lastTone = tone;
    this.#tones = [...this.#tones, tone].slice(-REMEMBERED);
    this.#changed();
  }

  speak(text: string, language: string): void {
    this.#speaking = text === '' ? undefined : { text, language };
    if (this.#speaking !== undefined) this.#captions = [...this.#captions, this.#speaking].slice(-REMEMBERED);
    this.#changed();
  }

  silence(): void {
    this.#speaking = undefined;
    this.#lastTone = undefined;
    this.#changed();
  }

  /** The tone that sounded last since the last silence. */
  get lastTone(): Tone | undefined {
    return this.#lastTone;
  }

  /** What is being said. */
  get caption(): Caption | undefined {
    return this.#speaking;
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
