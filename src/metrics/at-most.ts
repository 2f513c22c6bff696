/** A map that forgets what was set longest ago once it holds too much. */
export function atMost<T>(size: number): Map<string, T> {
  return new (class extends Map<string, T> {
    override set(key: string, value: T): this {
      this.delete(key);
      super.set(key, value);
      if (this.size > size) this.delete(this.keys().next().value!);
      return this;
    }
  })();
}
