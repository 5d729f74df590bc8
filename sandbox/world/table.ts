/**
 * A table of the world: values by key, in insertion order. Never change a value in place: set a new one, so that the
 * world's journal records the change.
 */
export class Table<T> {
  readonly #entries = new Map<string, T>();
  readonly #onChange: (key: string, value?: T) => void;

  constructor(onChange: (key: string, value?: T) => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  set(key: string, value: T): void {
    this.#entries.set(key, value);
    this.#onChange(key, value);
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#onChange(key);
  }

  values(): T[] {
    return [...this.#entries.values()];
  }

  find(matches: (value: T) => boolean): T | undefined {
    for (const value of this.#entries.values()) if (matches(value)) return value;
    return undefined;
  }

  [Symbol.iterator](): IterableIterator<[string, T]> {
    return this.#entries.entries();
  }

  toJSON(): Record<string, T> {
    return Object.fromEntries(this.#entries);
  }
}
