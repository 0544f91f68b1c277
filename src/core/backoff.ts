// How long to wait before trying again. Pure: randomness and counts come in as arguments.

export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Full jitter: anywhere in [0, min(cap, base × 2^attempt)) milliseconds, so that many kiosks that lost the same broker do not return in step.
 * `attempt` counts from 0; `random` is in [0, 1).
 */
export const fullJitterMs = (attempt: number, limits: BackoffLimits, random: number): number =>
  Math.floor(random * Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt, 30)));
