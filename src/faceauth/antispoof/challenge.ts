// What a facility may have a recognised patient do before the match counts, so that no picture passes.

import type { FaceTask } from '../../core/screens.ts';
import type { Point } from '../alignment.ts';

export type ChallengeName = 'none' | 'turn' | 'blink';

/** What one frame shows of the patient: the face's 68 points, and how surely an eye is open (0..1) where that can be seen. */
export interface ChallengeFrame {
  readonly points: readonly Point[];
  readonly eyes?: number;
}

export interface Challenge {
  /** What the patient is to do now; undefined: all is done. */
  readonly task: FaceTask | undefined;
  /** For the journal: what was seen so far. */
  readonly numbers: Readonly<Record<string, number>>;
  /** A frame before anything is asked. */
  observeFront(frame: ChallengeFrame): void;
  /** A frame after the patient was asked. */
  observeTask(frame: ChallengeFrame): void;
}
