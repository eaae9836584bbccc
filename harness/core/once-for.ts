/** What a pure function of a value that nobody changes gives, computed once for each such value and forgotten with it. */
export function onceFor<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}

/** Items of a list that nobody changes, by name: the first of each, as a search from the start finds it. */
export function byNameOnce<Item extends { readonly name: string }>(): (
  items: readonly Item[],
) => ReadonlyMap<string, Item> {
  return onceFor((items) => new Map([...items].reverse().map((item) => [item.name, item])));
}
