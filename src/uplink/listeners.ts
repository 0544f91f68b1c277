// Those who want to be told of one kind of event.

export type Listener<T> = (value: T) => void;

export class Listeners<T> {
  readonly #all = new Set<Listener<T>>();

  /** Answers the end of it. */
  add(listener: Listener<T>): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.#all) listener(value);
  }
}
