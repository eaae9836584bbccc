import { ofVerdicts } from "./of-verdicts.ts";

/** Requests are answered by somebody else than the pod that they are for. */
export const otherServer = ofVerdicts({
  name: "other-server",
  issues: [],
  fix: "look on the target's node for a DNAT rule that outlived its pod, a redirect or a proxy (nft list ruleset, iptables-save -t nat)",
  check: "answered-by",
  rewrites: /\b(?:dnat|redirect|tproxy|daddr set)\b|-j (?:DNAT|REDIRECT|TPROXY|NETMAP)/,
  sentence: (finding, { id }) => `requests do not come to their target: ${finding} (${id.split("/").at(-1) ?? ""})`,
});
