import { groupBy } from "../core/group-by.ts";
import type { PathCase } from "../verify/verdict.ts";
import type { Cause, Incident, Rule } from "./cause.ts";
import { trailEnds, type TrailEnd } from "./trail-ends.ts";

/** No rule fits: says what the failing paths have in common, and at which hop their trails end. */
export const commonGround: Rule = {
  name: "common-ground",
  find: (incident) => {
    const failing = failingCases(incident);
    if (failing.length === 0) return [];
    const ends = [...groupBy(failing.flatMap(trailEnds), placeOf)].toSorted((a, b) => b[1].length - a[1].length);
    const [hop] = ends;
    const where = hop === undefined ? "" : `; their packets end ${hop[0]}`;
    const cause: Cause = {
      name: "common-ground",
      sentence: `all failing paths ${sharedBy(failing)}${where}`,
      fix:
        hop === undefined
          ? "compare a failing path with one that works"
          : "look at what stands between these two places",
      issues: [],
      evidence: ends.slice(0, 6).map(([place, own]) => `${own.length} trails end ${place}`),
      explains: failing.map(({ expectation }) => expectation.path.id),
    };
    return [cause];
  },
};

function failingCases({ failed, cases }: Incident): readonly PathCase[] {
  const ids = new Set(failed.map(({ id }) => id));
  return cases.filter(({ expectation }) => ids.has(expectation.path.id));
}

function placeOf({ direction, last, missed }: TrailEnd): string {
  const to = `${missed.node}/${missed.device}`;
  return last === undefined
    ? `${direction} before ${to}`
    : `${direction} between ${last.node}/${last.device} and ${to}`;
}

/** "are cross-subnet, start or end at b1, and must be VXLAN" */
function sharedBy(cases: readonly PathCase[]): string {
  const paths = cases.map(({ expectation }) => expectation.path);
  const same = <T>(of: (path: (typeof paths)[number]) => T): T | undefined => {
    const values = new Set(paths.map(of));
    return values.size === 1 ? [...values][0] : undefined;
  };
  const forms = new Set(cases.map(({ expectation }) => expectation.forward.underlay));
  const [form] = forms;
  const common = paths
    .map(({ source, target }) => [source.node, target.node])
    .reduce((left, ends) => left.filter((node) => ends.includes(node)));
  const words = [
    same(({ locality }) => locality),
    same(({ traffic }) => traffic),
    same(({ family }) => `IPv${family}`),
    forms.size === 1 && form !== "none" ? form : undefined,
  ].filter((word) => word !== undefined);
  const nodes = common.length === 0 ? "" : `, and have ${common.join(" and ")} at one end`;
  return `${words.length === 0 ? "have nothing in common" : `are ${words.join(", ")}`}${nodes} (${cases.length} of them)`;
}
