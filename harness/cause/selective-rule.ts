import { selectiveRules } from "../verify/judge-rules.ts";
import { isMirror } from "./bystanders.ts";
import { failuresOf, type Rule } from "./cause.ts";

/** A rule that chooses by mark, port or protocol leads packets past the main table, on the one node that all failures have in common. */
export const selectiveRule: Rule = {
  name: "selective-rule",
  find: (incident) => {
    const own = incident.failed.filter((verdict) => !isMirror(verdict));
    const all = new Set(own.map(({ id }) => id));
    return incident.nodes.flatMap(({ expected, facts }) => {
      const rules = facts === undefined ? [] : selectiveRules(expected, facts);
      const explains = failuresOf(incident, expected.node);
      const [first] = rules;
      if (first === undefined || [...all].some((id) => !explains.includes(id))) return [];
      return [
        {
          name: "selective-rule",
          sentence: `${expected.node}: ${first} is evaluated before main for some packets, and all that fails has ${expected.node} at one end`,
          fix: "remove the rule (ip rule del) and what sets its mark (nft list ruleset), or exempt pods', nodes' and tunnel packets",
          issues: ["#9293"],
          evidence: rules.map((rule) => `${expected.node}: ${rule}`),
          explains,
        },
      ];
    });
  },
};
