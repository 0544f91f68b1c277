// What is wrong with this terminal itself, for its page and for /api/health. Memory only: what watches each thing says when it ends.

import type { Hub } from './hub.ts';
import { TROUBLES, type Trouble } from './model.ts';

export interface Troubles {
  /** In a fixed order. */
  readonly list: readonly Trouble[];
  has(trouble: Trouble): boolean;
  set(trouble: Trouble, found: boolean): void;
}

export const createTroubles = (hub: Hub): Troubles => {
  const found = new Set<Trouble>();
  const list = () => TROUBLES.filter((one) => found.has(one));
  return {
    get list() {
      return list();
    },
    has: (trouble) => found.has(trouble),
    set: (trouble, is) => {
      if (found.has(trouble) === is) return;
      if (is) found.add(trouble);
      else found.delete(trouble);
      hub.emit({ type: 'troubles', troubles: list() });
    },
  };
};
