import type { FilterFact } from "../dataplane/node-facts.ts";

/** "table ip fw chain f: ip saddr @bad drop (@bad: 198.18.1.11, 198.18.2.0/24)", anonymous sets shortened. */
export function filterInWords({ where, rule, members }: FilterFact): string {
  return `${where}: ${shortened(rule)}${members === undefined ? "" : ` (${members})`}`;
}

/** Elements of a set that stands in the rule itself: as many as a sentence bears. */
const mostTold = 4;

function shortened(rule: string): string {
  return rule.replaceAll(/\{ ([^{}]*) \}/g, (set, elements: string) => {
    const all = elements.split(", ");
    return all.length <= mostTold ? set : `{ ${[...all.slice(0, mostTold), "…"].join(", ")} }`;
  });
}
