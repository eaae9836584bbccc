import type { Rule } from "./cause.ts";
import { ofVerdicts } from "./of-verdicts.ts";
import { foreignTranslation } from "./foreign-translation.ts";

const told = ofVerdicts({
  name: "other-server",
  issues: [],
  fix: "look on the target's node for a DNAT rule that outlived its pod, a redirect or a proxy (nft list ruleset, iptables-save -t nat)",
  check: "answered-by",
  rewrites: /\b(?:dnat|redirect|tproxy|daddr set)\b|-j (?:DNAT|REDIRECT|TPROXY|NETMAP)/,
  sentence: (finding, { id }) => `requests do not come to their target: ${finding} (${id.split("/").at(-1) ?? ""})`,
});

/** Requests are answered by somebody else than the pod that they are for; the rule that does it explains what its node is red for. */
export const otherServer: Rule = {
  name: told.name,
  find: (incident) =>
    told.find(incident).map((cause) => {
      const rules = foreignTranslation.find(incident).flatMap(({ explains }) => explains);
      return { ...cause, explains: [...new Set([...cause.explains, ...rules])] };
    }),
};
