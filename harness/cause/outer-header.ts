import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** The tunnel's outer header is not as Calico's device makes it, though the device's own settings show nothing: it is changed on the way, or inherits. */
export const outerHeader = ofVerdicts({
  name: "outer-header",
  issues: ["#11689", "#3145"],
  fix: "ip -d link show on the sender's tunnel device (tos inherit, df, ttl), and mangle rules there and on the routers (nft: dscp set, ecn)",
  check: "outer-header",
  rewrites: / (?:dscp|ecn|ttl|hoplimit|frag-off|checksum) set |-j (?:DSCP|TOS|ECN|TTL|HL)/,
  sentence: (finding) => `the outer header is wrong from ${placeIn(finding)} on: ${finding}`,
});
