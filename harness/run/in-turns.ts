/** One item's place among those that are worked on one after the other, of which the next may be prepared beside the one before. */
export interface Turn {
  /** Resolves when all before have ended; rejects as the one before did. */
  readonly come: Promise<void>;
  /** To be called when this item is prepared, or cannot be: whoever is before it may be waiting for that. */
  readonly prepared: () => void;
  /** Lets the next one prepare. */
  readonly prepareNext: () => void;
  /** Resolves when nothing is being prepared beside; missing where nothing is. */
  readonly quiet: () => Promise<void> | undefined;
}

/** Works on items in their order, each told of its turn; what waits for a turn must end when `come` rejects. Throws the first error. */
export function inTurns<Item>(items: readonly Item[], work: (item: Item, turn: Turn) => Promise<void>): Promise<void> {
  return from(items, work, { come: Promise.resolve(), prepared: () => undefined });
}

async function from<Item>(
  [item, ...others]: readonly Item[],
  work: (item: Item, turn: Turn) => Promise<void>,
  { come, prepared }: Pick<Turn, "come" | "prepared">,
): Promise<void> {
  if (item === undefined) {
    prepared();
    return;
  }
  const end = pending();
  let next: Promise<void> | undefined;
  let preparing: Promise<void> | undefined;
  const beginNext = (): void => {
    if (next !== undefined) return;
    const ready = pending();
    preparing = ready.promise.then(() => {
      preparing = undefined;
    });
    next = from(others, work, { come: end.promise, prepared: ready.resolve });
    // Its error is thrown when this item has ended, and not before.
    next.catch(ready.resolve);
  };
  try {
    await work(item, { come, prepared, prepareNext: beginNext, quiet: () => preparing });
  } catch (error) {
    end.reject(error);
    await next?.catch(() => undefined);
    throw error;
  }
  end.resolve();
  beginNext();
  await next;
}

interface Pending {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A promise that is settled from outside, and that nobody need wait for. */
function pending(): Pending {
  let settle: Omit<Pending, "promise"> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  return { promise, ...settle };
}
