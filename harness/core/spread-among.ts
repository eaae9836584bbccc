/** Puts some items among others, as evenly as can be and the first of them first; both keep their order. */
export function spreadAmong<Item>(some: readonly Item[], others: readonly Item[]): readonly Item[] {
  const every = others.length / Math.max(1, some.length);
  const mixed = others.flatMap((other, index) => {
    const due = some.filter((_, turn) => Math.floor(turn * every) === index);
    return [...due, other];
  });
  return others.length === 0 ? some : mixed;
}
