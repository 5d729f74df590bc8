/**
 * One table of the world: values by key, in the order in which they came. Values are never changed in place;
 * whatever changes is set anew, which is what the world's journal records.
 */
export class Table<T> {
  private readonly entries = new Map<string, T>();
  private readonly changed: (key: string, value?: T) => void;

  constructor(changed: (key: string, value?: T) => void) {
    this.changed = changed;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): T | undefined {
    return this.entries.get(key);
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  set(key: string, value: T): void {
    this.entries.set(key, value);
    this.changed(key, value);
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.changed(key);
  }

  values(): T[] {
    return [...this.entries.values()];
  }

  find(matches: (value: T) => boolean): T | undefined {
    for (const value of this.entries.values()) if (matches(value)) return value;
    return undefined;
  }

  [Symbol.iterator](): IterableIterator<[string, T]> {
    return this.entries.entries();
  }

  toJSON(): Record<string, T> {
    return Object.fromEntries(this.entries);
  }
}
