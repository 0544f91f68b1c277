// The technician's calibration of the touch panel: four crosses, then a button that must be met with the new map before it is kept.
// A wrong map can lock nobody out: without that press the old one is back by itself. Owns which map is in force; never draws.

import type { Clock } from '../core/clock.ts';
import type { TouchPage } from '../core/screens.ts';
import { type Affine, type Point, solveAffine, type Touched } from '../device/touch/affine.ts';

/** Shares of the panel: away from the edges, where panels are least true. */
export const CROSSES: readonly Point[] = [
  { x: 0.1, y: 0.1 },
  { x: 0.9, y: 0.1 },
  { x: 0.9, y: 0.9 },
  { x: 0.1, y: 0.9 },
];
/** A finger meets a cross within a few millimetres; more means that something else was touched. */
const MOST_OFF = 0.04;
const CONFIRM_MS = 15_000;
const SECOND_MS = 1000;

export interface CalibrationWorld {
  readonly clock: Clock;
  /** The map of earlier, if any. */
  readonly kept: Affine | undefined;
  readonly keep: (affine: Affine) => void;
  readonly panels: () => number;
  /** Shows the page again. */
  readonly again: () => void;
}

export class TouchCalibration {
  readonly #world: CalibrationWorld;
  #kept: Affine | undefined;
  #trial: Affine | undefined;
  #touches: Touched[] = [];
  #stage: TouchPage['stage'] = 'kept';
  #until = 0;
  #timer: unknown;

  constructor(world: CalibrationWorld) {
    this.#world = world;
    this.#kept = world.kept;
  }

  /** The map in force; undefined: none but the configured rotation. The same object as long as it is the same map. */
  get affine(): Affine | undefined {
    return this.#trial ?? this.#kept;
  }

  /** Takes the touches while crosses are shown; undefined: they press what they meet. */
  get grab(): ((raw: Point) => void) | undefined {
    return this.#stage === 'cross' ? this.#take : undefined;
  }

  get page(): TouchPage {
    const { clock } = this.#world;
    if (this.#stage === 'cross')
      return { stage: 'cross', number: this.#touches.length + 1, at: CROSSES[this.#touches.length] ?? { x: 0.5, y: 0.5 } };
    if (this.#stage === 'confirm')
      return { stage: 'confirm', secondsLeft: Math.max(0, Math.ceil((this.#until - clock.monotonicMs()) / 1000)) };
    return { stage: this.#stage };
  }

  begin(): void {
    this.leave();
    this.#stage = this.#world.panels() > 0 ? 'cross' : 'no-panel';
  }

  /** Whatever was not confirmed is forgotten. */
  leave(): void {
    this.#world.clock.clearTimeout(this.#timer);
    this.#trial = undefined;
    this.#touches = [];
    this.#stage = 'kept';
  }

  /** The button was met with the new map. */
  confirm(): void {
    const affine = this.#trial;
    if (this.#stage !== 'confirm' || affine === undefined) return;
    this.#world.keep(affine);
    this.#kept = affine;
    this.leave();
  }

  readonly #take = (raw: Point): void => {
    const wanted = CROSSES[this.#touches.length];
    if (wanted === undefined) return;
    this.#touches = [...this.#touches, { raw, wanted }];
    if (this.#touches.length === CROSSES.length) this.#judge();
    this.#world.again();
  };

  #judge(): void {
    const solved = solveAffine(this.#touches);
    this.#touches = [];
    if (solved === undefined || solved.off > MOST_OFF) {
      this.#stage = 'failed';
      return;
    }
    this.#trial = solved.affine;
    this.#stage = 'confirm';
    this.#until = this.#world.clock.monotonicMs() + CONFIRM_MS;
    this.#count();
  }

  #count(): void {
    const { clock, again } = this.#world;
    this.#timer = clock.setTimeout(() => {
      if (clock.monotonicMs() < this.#until) this.#count();
      else {
        this.leave();
        this.#stage = 'reverted';
      }
      again();
    }, SECOND_MS);
  }
}
