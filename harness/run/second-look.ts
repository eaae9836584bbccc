import type { Category, Verdict } from "../verify/verdict.ts";

/** What a machine that is too busy can feign: whatever is lost, late or cut short. A form on the wire it cannot. */
const feigned: ReadonlySet<Category> = new Set<Category>([
  "not reached",
  "lost on the way",
  "size-dependent loss",
  "flow-dependent loss",
  "wrong MTU",
]);

/** Whether the verdict says nothing sure where the machine was too busy. */
export function isShaky({ status, category }: Verdict): boolean {
  return status === "inconclusive" || (status === "fail" && category !== undefined && feigned.has(category));
}

/**
 * Puts two looks together: what failed and did not fail again on a machine that was too busy is inconclusive, and never green; what
 * could not be told and then was, is told. All else stays as it was at first. Pure.
 */
export function afterSecondLook(
  first: readonly Verdict[],
  second: readonly Verdict[],
  busy: string,
): readonly Verdict[] {
  const again = new Map(second.map((verdict) => [`${verdict.id} ${verdict.check}`, verdict]));
  return first.map((verdict) => {
    const later = again.get(`${verdict.id} ${verdict.check}`);
    if (later === undefined || !isShaky(verdict)) return verdict;
    if (verdict.status === "inconclusive") return later.status === "inconclusive" ? verdict : later;
    if (later.status !== "pass") return verdict;
    return {
      ...verdict,
      status: "inconclusive",
      category: "inconclusive",
      reason: `this machine was too busy (${busy}): it passed when it was repeated, and at first ${verdict.reason ?? "it did not"}; run it again when the machine has less to do`,
    };
  });
}
