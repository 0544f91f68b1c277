// SIGTERM and Ctrl-C end the program in order; a stop that hangs ends it all the same, with status 1.

/** A stop that takes longer than this has failed. */
const STOP_LIMIT_MS = 4500;
const PARENT_WATCH_MS = 500;

/** Calls `stop` once, at the first signal, then exits. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // npm dies of SIGTERM without passing it on: then our parent changes, and nobody would stop us.
  const { ppid: parent } = process;
  const { npm_lifecycle_event: startedByNpm } = process.env;
  if (startedByNpm === undefined) return;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_WATCH_MS).unref();
};
