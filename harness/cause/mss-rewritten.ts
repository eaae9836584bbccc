import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Somebody on the way tells TCP's ends to send smaller segments than fit, or larger ones. */
export const mssRewritten = ofVerdicts({
  name: "mss-rewritten",
  issues: ["#8953", "#7651"],
  fix: "look there for rules that clamp the MSS (nft: maxseg size set; iptables: TCPMSS), and at the MTU of pods that were made before it changed",
  check: "mss",
  rewrites: /maxseg size set|-j TCPMSS/,
  sentence: (finding) => `TCP's segment size is wrong in ${placeIn(finding)}: ${finding}`,
});
