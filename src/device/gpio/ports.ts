// GPIO lines, looked up by chip label and offset by the adapters.

export interface GpioInput {
  /** Level now: 0 or 1. */
  read(): 0 | 1;
  /** Calls back on both edges; returns the unsubscribe function. */
  onEdge(listener: (level: 0 | 1) => void): () => void;
}

export interface GpioOutput {
  write(level: 0 | 1): void;
}
