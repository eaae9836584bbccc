import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Encapsulated packets have other outer addresses than the nodes': somebody translates them on the way, or the kernel chose another of the sender's. */
export const rewrittenOuter = ofVerdicts({
  name: "rewritten-outer",
  issues: ["#8367", "#3665", "#6711"],
  fix: "see who translates addresses there (nft list ruleset, iptables-save -t nat), and which source address ip route get chooses on the sender",
  check: "outer-endpoints",
  rewrites: /\b(?:snat|dnat|masquerade|redirect)\b|-j (?:SNAT|DNAT|MASQUERADE|REDIRECT|NETMAP)/i,
  sentence: (finding) => `outer addresses are wrong from ${placeIn(finding)} on: ${finding}`,
});
