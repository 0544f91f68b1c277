// The waiting time of InCommunicateThru, which the chip knows as an index: 100 µs · 2^(index − 1) (UM0701-02, 7.3.1, item 02). Pure.

/** 3.28 s; the longest the chip can wait. */
const MAX_INDEX = 0x10;

/** 51.2 ms. */
export const USUAL_INDEX = 0x0a;

export const throughTimeoutMs = (index: number): number => (index === 0 ? 0 : 0.1 * 2 ** (index - 1));

/** A card answers R(NAK) at once, or it is not there. */
export const PRESENCE_MS: number = throughTimeoutMs(USUAL_INDEX);

/** The shortest that waits at least so long, or the longest there is. */
export const throughTimeoutIndex = (waitMs: number): number => {
  let index = 1;
  while (index < MAX_INDEX && throughTimeoutMs(index) < waitMs) index += 1;
  return index;
};
