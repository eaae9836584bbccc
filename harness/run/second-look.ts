import type { Path } from "../encap/path.ts";
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

/** Checks in which the probe itself may be what failed: it was late, was killed or sent nothing. */
const ofTheProbe: ReadonlySet<Verdict["check"]> = new Set(["reached", "conservation"]);

/**
 * Whether a path is worth asking once more. On a machine that was too busy, whatever is shaky; on any other only what could not be
 * told since the probe is in doubt, which says "rerun the probe" itself. A failure there is a failure.
 */
export function isWorthAnotherLook(verdict: Verdict, busy: string | undefined): boolean {
  if (busy !== undefined) return isShaky(verdict);
  return verdict.status === "inconclusive" && ofTheProbe.has(verdict.check);
}

/**
 * The paths to ask once more: those in doubt, and of what a node counted while probes ran those that begin or end there; of what a
 * router counted, all. Pure.
 */
export function pathsInDoubt(
  first: readonly Verdict[],
  paths: readonly Path[],
  busy: string | undefined,
): ReadonlySet<string> {
  const doubtful = first.filter((verdict) => isWorthAnotherLook(verdict, busy)).map(({ id }) => id);
  const ids = new Set(paths.map(({ id }) => id));
  const places = doubtful.filter((id) => !ids.has(id)).map((id) => id.split("/").at(-1) ?? "");
  const touches = (place: string, { source, target }: Path): boolean => source.node === place || target.node === place;
  const near = places.flatMap((place) => {
    const own = paths.filter((path) => touches(place, path));
    return own.length > 0 ? own : paths;
  });
  return new Set([...doubtful.filter((id) => ids.has(id)), ...near.map(({ id }) => id)]);
}

/**
 * Puts two looks together: what failed and did not fail again on a machine that was too busy is inconclusive, and never green; what
 * could not be told and then was, is told. All else stays as it was at first. `busy` says what the machine had to do, if that was
 * too much. Pure.
 */
export function afterSecondLook(
  first: readonly Verdict[],
  second: readonly Verdict[],
  busy: string | undefined,
): readonly Verdict[] {
  const again = new Map(second.map((verdict) => [`${verdict.id} ${verdict.check}`, verdict]));
  return first.map((verdict) => {
    const later = again.get(`${verdict.id} ${verdict.check}`);
    if (later === undefined || !isShaky(verdict)) return verdict;
    if (verdict.status === "inconclusive") return later.status === "inconclusive" ? verdict : later;
    if (busy === undefined || later.status !== "pass") return verdict;
    return {
      ...verdict,
      status: "inconclusive",
      category: "inconclusive",
      reason: `this machine was too busy (${busy}): it passed when it was repeated, and at first ${verdict.reason ?? "it did not"}; run it again when the machine has less to do`,
    };
  });
}
