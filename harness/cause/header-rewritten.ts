import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Somebody gives packets another DSCP or TTL on their way: the form is right, but queues and policies by class no longer are. */
export const headerRewritten = ofVerdicts({
  name: "header-rewritten",
  issues: [],
  fix: "look there for mangle rules (nft: dscp, ttl or hoplimit set; iptables: DSCP, TOS, TTL, HL; tc: pedit), and for a switch that trusts no marks of hosts",
  check: "conservation",
  chosen: ({ category }) => category === "changed on the way",
  rewrites: / (?:dscp|ttl|hoplimit) set |-j (?:DSCP|TOS|TTL|HL)/,
  sentence: (finding) => `packets have other marks than they were sent with from ${placeIn(finding)} on: ${finding}`,
});
