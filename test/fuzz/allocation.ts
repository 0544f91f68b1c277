// How many bytes a run allocates, garbage included: the growth of heap and buffers between its beginning and its end. A collection in between
// would hide what it freed, so such a measure tells nothing and is made again on an emptied heap.

import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** How often a run must allocate too much to be a finding: a compiler at work does so once, an input every time. */
const MEASURES = 4;

const used = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

/**
 * Undefined: the run kept within `allowed` bytes. Otherwise what it took, every time. Rejects as `run` does.
 * Allowed bytes that do not fit into the young generation need a larger one (--min-semi-space-size, as `npm run fuzz` has it).
 */
export const overdrawn = async (allowed: number, run: () => Promise<void>): Promise<string | undefined> => {
  let taken = '';
  for (let measure = 0; measure < MEASURES; measure += 1) {
    if (measure > 0) {
      collect();
      collect(); // what the first one let go of is counted as gone only now
    }
    const collections = new GCProfiler();
    collections.start();
    const before = used();
    let grown = 0;
    let times = 0;
    try {
      await run();
      grown = used() - before;
    } finally {
      times = collections.stop().statistics.length;
    }
    if (times === 0 && grown <= allowed) return undefined;
    taken = times === 0 ? `${grown} bytes` : 'more than fits between two collections';
  }
  return taken;
};
