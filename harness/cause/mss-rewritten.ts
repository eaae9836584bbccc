import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Somebody on the way tells TCP's ends to send smaller segments than fit, or larger ones. */
export const mssRewritten = ofVerdicts({
  name: "mss-rewritten",
  issues: ["#8953", "#7651"],
  fix: "look there for rules that clamp the MSS or remove it (nft: maxseg size set, reset tcp option, synproxy; iptables: TCPMSS, TCPOPTSTRIP), and at the MTU of pods that were made before it changed",
  check: "mss",
  rewrites: /maxseg size set|reset tcp option|synproxy|-j (?:TCPMSS|TCPOPTSTRIP|SYNPROXY)/,
  sentence: (finding) => `TCP's segment size is wrong in ${placeIn(finding)}: ${finding}`,
});
