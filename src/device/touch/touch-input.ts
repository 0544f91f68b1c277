// Touches to presses: feedback when a finger comes down, the act when it is lifted inside the same element.
// One finger at a time; sliding off cancels; a touch within 30 ms of the last one is bounce. A hand that rests on the panel, or a finger whose
// lifting was lost on the way, does not lock others out. Never knows what a press means.

import type { Clock } from '../../core/clock.ts';
import type { TouchEvent } from './ports.ts';

/** What lies under the fingers: the display, as far as touch needs it. */
export interface TouchTarget {
  /** Which screen the elements belong to: a finger that outlives its screen presses nothing on the next. */
  readonly scene: { readonly screen: string };
  elementAt(x: number, y: number): { readonly id: string; readonly enabled: boolean } | undefined;
  press(id: string): void;
  release(): void;
}

export interface TouchInputOptions {
  readonly target: TouchTarget;
  readonly clock: Clock;
  /** Called on release inside the element that was pressed. */
  readonly onPress: (elementId: string) => void;
  /** Called on every touch anywhere: a person is there. */
  readonly onActivity?: () => void;
  readonly debounceMs?: number;
}

/** A contact that has not moved for so long is a resting hand or a lost one: the next finger counts instead. */
const RESTING_MS = 1000;

export class TouchInput {
  readonly #options: TouchInputOptions;
  #active: { readonly contact: number; readonly element: string | undefined; readonly screen: string } | undefined;
  #movedAt = 0;
  #liftedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TouchInputOptions) {
    this.#options = options;
  }

  handle(event: TouchEvent): void {
    if (event.phase === 'down') this.#down(event);
    else if (this.#active?.contact === event.contact) {
      this.#movedAt = this.#options.clock.monotonicMs();
      this.#follow(event, this.#active.element, this.#active.screen);
    }
  }

  #down(event: TouchEvent): void {
    const { target, clock, debounceMs = 30 } = this.#options;
    const now = clock.monotonicMs();
    if (this.#active !== undefined) {
      if (now - this.#movedAt < RESTING_MS) return;
      if (this.#active.element !== undefined) target.release();
      this.#active = undefined;
    } else if (now - this.#liftedAt < debounceMs) return;
    this.#movedAt = now;
    this.#options.onActivity?.();
    const element = target.elementAt(event.x, event.y);
    const pressed = element?.enabled === true ? element.id : undefined;
    this.#active = { contact: event.contact, element: pressed, screen: target.scene.screen };
    if (pressed !== undefined) target.press(pressed);
  }

  #follow(event: TouchEvent, pressed: string | undefined, screen: string): void {
    const { target, clock, onPress } = this.#options;
    const ends = event.phase !== 'move';
    const under = target.elementAt(event.x, event.y);
    const inside = pressed !== undefined && target.scene.screen === screen && under?.id === pressed && under.enabled;
    if (ends) {
      this.#active = undefined;
      this.#liftedAt = clock.monotonicMs();
    } else if (!inside && pressed !== undefined) this.#active = { contact: event.contact, element: undefined, screen };
    if (pressed === undefined || (inside && !ends)) return;
    target.release();
    if (inside && event.phase === 'up') onPress(pressed);
  }
}
