// Everything that sounds at one moment as one stream of stereo samples: speech in its order, tones on top, a guide below the speech.
// Pure arithmetic on samples; knows no clock and no device.

/** Interleaved stereo, signed 16 bit little-endian, in pieces as the device wants them. */
export class Mixer {
  #speech: Float32Array[] = [];
  #speechAt = 0;
  /** More of the sentence that is being said will come. */
  #speaking = false;
  #tones: { readonly samples: Float32Array; at: number }[] = [];
  #guide: { readonly samples: Float32Array; at: number } | undefined;
  /** 0..1 */
  gain = 1;

  /** Whether anything sounds or is about to. */
  get active(): boolean {
    return this.#speaking || this.#speech.length > 0 || this.#tones.length > 0 || this.#guide !== undefined;
  }

  /** Samples of speech that wait to be heard. */
  get speechWaiting(): number {
    return this.#speech.reduce((sum, piece) => sum + piece.length, -this.#speechAt);
  }

  beginSpeech(): void {
    this.#speaking = true;
    this.#speech = [];
    this.#speechAt = 0;
  }

  /** Mono samples that follow what was added before. */
  addSpeech(samples: Float32Array): void {
    if (samples.length > 0) this.#speech.push(samples);
  }

  endSpeech(): void {
    this.#speaking = false;
  }

  interruptSpeech(): void {
    this.beginSpeech();
    this.#speaking = false;
  }

  /** A tone from now on; the one before ends. */
  addTone(samples: Float32Array): void {
    this.#tones = [{ samples, at: 0 }];
  }

  /** Again and again, at the end of the round that is heard now. */
  setGuide(samples: Float32Array | undefined): void {
    this.#guide = samples === undefined ? undefined : { samples, at: 0 };
  }

  silence(): void {
    this.interruptSpeech();
    this.#tones = [];
    this.#guide = undefined;
  }

  /** The next `frames` stereo frames. */
  read(frames: number): Uint8Array {
    const mixed = new Float32Array(frames * 2);
    const speaking = this.#mixSpeech(mixed, frames);
    this.#mixGuide(mixed, speaking ? 0.25 : 1);
    for (const tone of this.#tones) {
      const part = tone.samples.subarray(tone.at, tone.at + mixed.length);
      part.forEach((value, i) => {
        mixed[i] = (mixed[i] ?? 0) + value;
      });
      tone.at += part.length;
    }
    this.#tones = this.#tones.filter(({ samples, at }) => at < samples.length);
    const bytes = new DataView(new ArrayBuffer(mixed.length * 2));
    mixed.forEach((value, i) => {
      bytes.setInt16(i * 2, Math.round(Math.max(-1, Math.min(1, value * this.gain)) * 32767), true);
    });
    return new Uint8Array(bytes.buffer);
  }

  #mixSpeech(mixed: Float32Array, frames: number): boolean {
    let frame = 0;
    while (frame < frames) {
      const piece = this.#speech[0];
      if (piece === undefined) break;
      const count = Math.min(frames - frame, piece.length - this.#speechAt);
      for (let i = 0; i < count; i += 1) {
        const value = piece[this.#speechAt + i] ?? 0;
        mixed[(frame + i) * 2] = value;
        mixed[(frame + i) * 2 + 1] = value;
      }
      frame += count;
      this.#speechAt += count;
      if (this.#speechAt < piece.length) break;
      this.#speech.shift();
      this.#speechAt = 0;
    }
    return frame > 0;
  }

  #mixGuide(mixed: Float32Array, gain: number): void {
    const guide = this.#guide;
    if (guide === undefined || guide.samples.length === 0) return;
    for (let i = 0; i < mixed.length; i += 1) {
      mixed[i] = (mixed[i] ?? 0) + (guide.samples[guide.at] ?? 0) * gain;
      guide.at = (guide.at + 1) % guide.samples.length;
    }
  }
}
