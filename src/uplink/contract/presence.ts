// Decides which of two retained states tells the truth. A Will can arrive after the birth of a newer connection
// (Will delay, half-open links): it must not mark the newer one dead. Same rule on both sides of the wire.

export interface Birth {
  readonly bootId: string;
  readonly bdSeq: number;
  readonly status: string;
}

/**
 * The state to believe after `received`, given what was `known` on this connection (undefined = nothing yet).
 * A life sign of another run always counts; an `offline` counts only for the connection that is known.
 */
export const newerState = <State extends Birth>(known: State | undefined, received: State): State => {
  if (known === undefined) return received;
  if (received.bootId === known.bootId) return received.bdSeq >= known.bdSeq ? received : known;
  return received.status === 'offline' ? known : received;
};
