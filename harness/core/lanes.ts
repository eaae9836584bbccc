import { settleAll } from "./settle.ts";

/**
 * Works on items in their order, so many at a time. The first error stops the start of further ones, and is thrown once all that was
 * begun has ended.
 */
export async function workInLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await work(item);
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  };
  await settleAll(Array.from({ length: lanes }, lane));
}
