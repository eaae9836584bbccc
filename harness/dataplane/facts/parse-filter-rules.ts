import type { FilterFact } from "../node-facts.ts";
import { ipsetMembers, nftSetMembers, type SetMembers } from "./set-members.ts";

const counter = /\s*counter packets (\d+) bytes \d+/;

/** Every rule of `nft list ruleset`, and of every chain the line that hooks it in: "type filter hook forward priority filter; policy drop;". */
export function parseNftRules(ruleset: string): readonly FilterFact[] {
  const rules: FilterFact[] = [];
  const sets = nftSetMembers(ruleset);
  let table = "";
  let chain = "";
  let hook: string | undefined;
  for (const line of ruleset.split("\n").map((raw) => raw.trim())) {
    const [word, ...rest] = line.split(" ");
    if (word === "table") table = rest.slice(0, 2).join(" ");
    else if (word === "chain") [chain = "", hook] = [rest[0], undefined];
    else if (word === "set" || word === "map") chain = "";
    else if (line.startsWith("type ")) hook = /\bhook (\S+)/.exec(line)?.[1];
    if (chain === "" || word === "chain" || word === "table" || line === "" || line === "}") continue;
    const packets = counter.exec(line)?.[1];
    rules.push({
      where: `table ${table} chain ${chain}`,
      ...(hook === undefined ? {} : { hook }),
      rule: line.replace(counter, "").trim(),
      ...(packets === undefined ? {} : { packets: Number(packets) }),
      ...membersOf(line.match(/@[a-z_][\w./-]*/gi) ?? [], sets, `${table} `),
    });
  }
  return rules;
}

function membersOf(names: readonly string[], sets: SetMembers, table = ""): Pick<FilterFact, "members"> {
  const told = [...new Set(names)].flatMap((name) => {
    const members = sets.get(`${table}${name}`);
    return members === undefined ? [] : [`${name}: ${members}`];
  });
  return told.length === 0 ? {} : { members: told.join("; ") };
}

/** Hooks behind the names of iptables' own chains. */
const hooks: Readonly<Record<string, string>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

/** Every rule of `iptables-save -c` (or ip6tables-save) and every policy ("policy DROP"), with their counters; `ipset save` may follow. */
export function parseIptablesRules(saved: string, program: "iptables" | "ip6tables"): readonly FilterFact[] {
  const sets = ipsetMembers(saved);
  let table = "";
  return saved.split("\n").flatMap((line): readonly FilterFact[] => {
    if (line.startsWith("*")) table = line.slice(1).trim();
    const policy = /^:(\S+) ([A-Z]+) \[(\d+):/.exec(line);
    const rule = /^\[(\d+):\d+\] -A (\S+) (.*)$/.exec(line);
    const [chain, text, packets] =
      policy === null ? [rule?.[2], rule?.[3], rule?.[1]] : [policy[1], `policy ${policy[2] ?? ""}`, policy[3]];
    if (chain === undefined || text === undefined) return [];
    const hook = hooks[chain];
    const where = `${program} table ${table} chain ${chain}`;
    const asked = [...text.matchAll(/--match-set (\S+)/g)].map(([, name = ""]) => name);
    return [
      {
        where,
        ...(hook === undefined ? {} : { hook }),
        rule: text,
        packets: Number(packets),
        ...membersOf(asked, sets),
      },
    ];
  });
}
