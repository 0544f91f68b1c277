// Sound: named tones, tones that lead a face into the camera, and speech. Digits of a secret are never spoken.

import type { Language } from '../../core/screens.ts';

export type Tone = 'card-detected' | 'key' | 'accepted' | 'error' | 'alarm-1' | 'alarm-2' | 'alarm-3';

/** What leads a face into the frame: where to move to, or that all is well. Left and right are the person's own. */
export const GUIDE_CUES = ['search', 'closer', 'back', 'left', 'right', 'up', 'down', 'turn', 'hold'] as const;
export type GuideCue = (typeof GUIDE_CUES)[number];

/** Whole sentences in one language; never personal. */
export interface Utterance {
  readonly text: string;
  readonly language: Language;
}

export const MAX_VOLUME = 10;

export interface Sound {
  tone(tone: Tone): void;
  /** Sounds again and again until it is changed; undefined = none. */
  guide(cue: GuideCue | undefined): void;
  /** Says these one after the other; interrupts what is being said. An empty list only interrupts. */
  speak(utterances: readonly Utterance[]): void;
  /** Loudness of everything, 0 (nothing) to MAX_VOLUME. */
  setVolume(level: number): void;
  /** No sound from now on until the next call. */
  silence(): void;
  /** Sound is over for good. */
  close(): void;
}
