import type { RuleFact } from "../dataplane/node-facts.ts";
import type { Family } from "../topology/topology.ts";

/** What a rule does instead of a look-up (ip-rule(8)). */
const actions = new Set(["blackhole", "unreachable", "prohibit", "nop"]);

/** Keys with one value that a RuleFact has no place for, and that select packets. */
const selectors = new Set(["oif", "tos", "dsfield", "ipproto", "sport", "dport", "uidrange", "tun_id"]);

/** Reads what `ip rule` prints: "32766:	from all lookup main"; lines that are no rule are left out. */
export function parseRuleText(text: string, family: Family): readonly RuleFact[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+):\s+(.*)$/.exec(line.trim());
    return match === null ? [] : [parseRule(Number(match[1]), (match[2] ?? "").split(/\s+/), family)];
  });
}

function parseRule(priority: number, words: readonly string[], family: Family): RuleFact {
  const after = (...keys: readonly string[]): string | undefined => {
    const index = words.findIndex((word) => keys.includes(word));
    return index < 0 ? undefined : words[index + 1];
  };
  const [to, iif, fwmark, table] = [after("to"), after("iif"), after("fwmark"), after("lookup", "table")];
  const goto = after("goto");
  const action = goto === undefined ? words.find((word) => actions.has(word)) : `goto ${goto}`;
  const suppressed = after("suppress_prefixlength");
  return {
    family,
    priority,
    from: after("from") ?? "all",
    ...(to === undefined ? {} : { to }),
    ...(iif === undefined ? {} : { iif }),
    ...(fwmark === undefined ? {} : { fwmark }),
    not: words.includes("not"),
    others: words.flatMap((word, index) => (selectors.has(word) ? [`${word} ${words[index + 1] ?? ""}`] : [])),
    ...(table === undefined ? {} : { table }),
    ...(suppressed === undefined ? {} : { suppressed: Number(suppressed) }),
    ...(action === undefined ? {} : { action }),
  };
}
