// No sound at all: for a box without a speaker. A choice of the configuration, never a fallback for a broken one.

import type { Sound } from './ports.ts';

export class SilentSound implements Sound {
  tone(): void {}
  guide(): void {}
  speak(): void {}
  setVolume(): void {}
  silence(): void {}
  close(): void {}
}
