// The challenge that the configuration names.

import { BlinkChallenge } from './blink-challenge.ts';
import type { Challenge, ChallengeName } from './challenge.ts';
import { TurnChallenge } from './turn-challenge.ts';

/** `random` in [0, 1) decides what a recording cannot know. */
export const createChallenge = (name: ChallengeName, random: number): Challenge | undefined => {
  if (name === 'none') return undefined;
  return name === 'turn' ? new TurnChallenge(random) : new BlinkChallenge(new TurnChallenge(random));
};
