import { ofTroubles } from "./of-troubles.ts";

/** A rule of nobody that should leads what is for a pod or a Service elsewhere, whether a probe met it or not. */
export const foreignTranslation = ofTroubles({
  name: "foreign-translation",
  issues: ["#9293"],
  fix: "find who made the rule (a DNAT that outlived its pod, a redirect, a proxy) and remove it: nft list ruleset, iptables-save -t nat",
  chosen: ({ kind }) => kind === "translation",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
