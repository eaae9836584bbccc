import { leadsBy } from "../verify/path-case.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Found, Incident } from "./cause.ts";

/** Questions about machines that mirror what fails on paths through them. */
const mirrors: ReadonlySet<string> = new Set([
  "sentinel",
  "next-hop-mac",
  "neighbors",
  "connection-tracking",
  "interface-errors",
]);

/** Whether a verdict is about a machine that may only mirror what is wrong elsewhere. */
export function isMirror({ check }: Verdict): boolean {
  return mirrors.has(check);
}

/**
 * What a sentinel saw, or a kernel counted, on a machine that is not at fault itself is a consequence: it goes to the first cause that
 * explains a failing path between the nodes that it names, or by its own node where it names none.
 */
export function withBystanders({ failed, asked }: Incident, causes: readonly Found[]): readonly Found[] {
  const heard = failed.filter(isMirror);
  const owners = heard.map((verdict) => {
    const own = new Set([...pairsIn(verdict).flatMap((pair) => pathsBetween(asked, pair)), ...pathsBy(asked, verdict)]);
    return causes.findIndex(({ explains }) => explains.includes(verdict.id) || explains.some((id) => own.has(id)));
  });
  return causes.map((cause, index) => {
    const more = heard.filter((_, place) => owners[place] === index).map(({ id }) => id);
    return { ...cause, explains: [...new Set([...cause.explains, ...more])] };
  });
}

type Pair = readonly [string, string];

function pairsIn({ reason = "" }: Verdict): readonly Pair[] {
  return [...reason.matchAll(/from ([^ ,]+) to ([^ ,()]+)[, ]/g)].map(([, from = "", to = ""]): Pair => [from, to]);
}

function pathsBetween(asked: Incident["asked"], [from, to]: Pair): readonly string[] {
  return asked
    .map(({ expectation }) => expectation.path)
    .filter(({ source, target }) => [source.node, target.node].toSorted().join() === [from, to].toSorted().join())
    .map(({ id }) => id);
}

function pathsBy(asked: Incident["asked"], verdict: Verdict): readonly string[] {
  if (pairsIn(verdict).length > 0) return [];
  const node = verdict.id.split("/").at(-1) ?? "";
  return asked.filter(({ expectation }) => leadsBy(expectation, node)).map(({ expectation }) => expectation.path.id);
}
