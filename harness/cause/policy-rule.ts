import { ofTroubles } from "./of-troubles.ts";

/** A rule is asked before the main table, in which Calico's routes are. */
export const policyRule = ofTroubles({
  name: "policy-rule",
  issues: ["#9293", "#10750"],
  fix: "remove the rule (ip rule del), or exempt pods' and nodes' addresses from it",
  chosen: ({ kind }) => kind === "rule",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
