import { ofVerdicts } from "./of-verdicts.ts";

/** A link does not delay packets as the topology has it. */
export const linkShape = ofVerdicts({
  name: "link-shape",
  issues: [],
  fix: "bring the lab up again: the queues that delay packets are gone (tc qdisc show)",
  check: "delay",
  sentence: (finding) => `links are not as the topology says: ${finding}`,
});
