import assert from "node:assert/strict";
import type { RuleFact } from "../node-facts.ts";
import { parseRules } from "./parse-rules.ts";

/** Recorded with `ip -j -d rule` of iproute2 6.1 after eight `ip rule add`. */
const recorded = `[{"priority":0,"src":"all","table":"local","protocol":"kernel"},
{"priority":98,"src":"all","table":"main","suppress_prefixlen":0,"protocol":"unspec"},
{"priority":99,"not":null,"src":"all","fwmark":"0x100000","fwmask":"0x100000","table":"1","protocol":"unspec"},
{"priority":500,"src":"198.19.0.0","srclen":26,"table":"500","protocol":"unspec"},
{"priority":600,"src":"all","dst":"10.0.0.0","dstlen":8,"iif":"lo","ipproto":"tcp","dport":80,"action":"prohibit"},
{"priority":700,"src":"1.2.3.4","goto":32766,"protocol":"unspec"},
{"priority":710,"src":"all","oif":"lo","table":"7","protocol":"unspec"},
{"priority":32766,"src":"all","table":"main","protocol":"kernel"}]`;

describe("rules from ip(8)", () => {
  const rules = new Map(parseRules(recorded, 4).map((rule) => [rule.priority, rule]));
  const plain: Pick<RuleFact, "family" | "not" | "others"> = { family: 4, not: false, others: [] };
  const expected: readonly RuleFact[] = [
    { ...plain, priority: 0, from: "all", table: "local" },
    { ...plain, priority: 98, from: "all", table: "main", suppressed: 0 },
    { ...plain, priority: 99, from: "all", fwmark: "0x100000/0x100000", not: true, table: "1" },
    { ...plain, priority: 500, from: "198.19.0.0/26", table: "500" },
    {
      ...{ ...plain, priority: 600, from: "all", to: "10.0.0.0/8", iif: "lo", action: "prohibit" },
      others: ["ipproto tcp", "dport 80"],
    },
    { ...plain, priority: 700, from: "1.2.3.4", action: "goto 32766" },
    { ...plain, priority: 710, from: "all", others: ["oif lo"], table: "7" },
    { ...plain, priority: 32766, from: "all", table: "main" },
  ];
  for (const rule of expected) {
    it(`tells what rule ${rule.priority} selects and where it leads`, () => {
      assert.deepEqual(rules.get(rule.priority), rule);
    });
  }

  it("reads nothing as no rules", () => {
    assert.deepEqual(parseRules("", 6), []);
  });
});
