import type { DropFact } from "../node-facts.ts";
import { parseIptablesRules, parseNftRules } from "./parse-filter-rules.ts";

/** Verdicts that end a packet (nft(8), VERDICT STATEMENTS and REJECT), or give it to a program that may not be there (QUEUE). */
const ends = /(?:^|\s)(?:drop|reject|queue)(?:\s|;|,|$)/;

/**
 * Reads `nft list ruleset`, of which lines that neither open a table or chain nor end packets may be left out: every rule that
 * drops or refuses packets, and every chain whose policy does.
 */
export function parseNftDrops(ruleset: string): readonly DropFact[] {
  const maps = endingMaps(ruleset);
  return parseNftRules(ruleset).flatMap((fact): readonly DropFact[] => {
    if (fact.rule.startsWith("type "))
      return fact.rule.includes("policy drop") ? [{ ...fact, rule: "policy drop" }] : [];
    const map = /\bvmap @(\S+)/.exec(fact.rule)?.[1];
    return ends.test(fact.rule) || (map !== undefined && maps.has(map)) ? [fact] : [];
  });
}

/** Names of verdict maps of which an element ends packets. */
function endingMaps(ruleset: string): ReadonlySet<string> {
  const parts = ruleset.split(/^\s*(?=(?:table|chain|set|map) )/m);
  const ending = parts.filter((part) => part.startsWith("map ") && /: (?:drop|reject|queue)\b/.test(part));
  return new Set(ending.map((part) => part.split(" ")[1] ?? ""));
}

/** Reads `iptables-save -c` (or ip6tables-save), which begins each rule and policy with its counters. */
export function parseIptablesDrops(saved: string, program: "iptables" | "ip6tables"): readonly DropFact[] {
  return parseIptablesRules(saved, program).filter(
    ({ rule }) => rule === "policy DROP" || /-j (?:DROP|REJECT|NFQUEUE|TARPIT)\b/.test(rule),
  );
}
