/**
 * Waits for all work, also when some of it fails, then throws the first failure in order: whoever undoes what was made must
 * not meet work that is still under way.
 */
export async function settleAll<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
