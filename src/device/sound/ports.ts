// Sound: named tones, and speech by prompt text. Digits of a secret are never spoken.

export type Tone = 'card-detected' | 'key' | 'accepted' | 'error' | 'alarm-1' | 'alarm-2' | 'alarm-3';

export interface Sound {
  tone(tone: Tone): void;
  /** Says a screen's prompt; a new one interrupts the old one. `text` is what is said (never personal). */
  speak(text: string, language: string): void;
  silence(): void;
}
