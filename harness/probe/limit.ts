import { settleAll } from "../core/settle.ts";
/** Works on all items, at most `limit` at a time, and keeps their order. The first error stops the start of further ones. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    try {
      await worker();
    } catch (error) {
      next = items.length;
      throw error;
    }
  });
  await settleAll(workers);
  return results;
}
