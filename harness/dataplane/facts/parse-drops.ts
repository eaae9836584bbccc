import type { DropFact } from "../node-facts.ts";

/** Verdicts that end a packet (nft(8), VERDICT STATEMENTS and REJECT). */
const ends = /(?:^|\s)(?:drop|reject)(?:\s|;|$)/;

const counter = /\s*counter packets (\d+) bytes \d+/;

/**
 * Reads `nft list ruleset`, of which lines without "table", "chain", "hook", drop or reject may be left out: every rule that drops or
 * refuses packets, and every chain whose policy does.
 */
export function parseNftDrops(ruleset: string): readonly DropFact[] {
  const drops: DropFact[] = [];
  let table = "";
  let chain = "";
  let hook: string | undefined;
  for (const line of ruleset.split("\n").map((raw) => raw.trim())) {
    const [word, ...rest] = line.split(" ");
    if (word === "table") table = rest.slice(0, 2).join(" ");
    else if (word === "chain") [chain = "", hook] = [rest[0], undefined];
    else if (line.startsWith("type ")) hook = /\bhook (\S+)/.exec(line)?.[1];
    const rule = line.startsWith("type ") ? /policy drop/.exec(line)?.[0] : line.replace(counter, "");
    if (chain === "" || word === "chain" || word === "table" || rule === undefined || !ends.test(rule)) continue;
    const packets = counter.exec(line)?.[1];
    drops.push({
      where: `table ${table} chain ${chain}`,
      ...(hook === undefined ? {} : { hook }),
      rule: rule.replace(/^;? */, ""),
      ...(packets === undefined ? {} : { packets: Number(packets) }),
    });
  }
  return drops;
}

/** Hooks behind the names of iptables' own chains. */
const hooks: Readonly<Record<string, string>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

/** Reads `iptables-save -c` (or ip6tables-save), which begins each rule and policy with its counters. */
export function parseIptablesDrops(saved: string, program: "iptables" | "ip6tables"): readonly DropFact[] {
  let table = "";
  return saved.split("\n").flatMap((line): readonly DropFact[] => {
    if (line.startsWith("*")) table = line.slice(1).trim();
    const policy = /^:(\S+) DROP \[(\d+):/.exec(line);
    const rule = /^\[(\d+):\d+\] -A (\S+) (.*)$/.exec(line);
    if (policy !== null) return [dropOf(program, table, policy[1] ?? "", "policy DROP", Number(policy[2]))];
    if (rule === null || !/-j (?:DROP|REJECT)\b/.test(rule[3] ?? "")) return [];
    return [dropOf(program, table, rule[2] ?? "", rule[3] ?? "", Number(rule[1]))];
  });
}

function dropOf(program: string, table: string, chain: string, rule: string, packets: number): DropFact {
  const hook = hooks[chain];
  return { where: `${program} table ${table} chain ${chain}`, ...(hook === undefined ? {} : { hook }), rule, packets };
}
