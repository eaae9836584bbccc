import { isAtTarget, isMisled, ofVerdicts, placeIn } from "./of-verdicts.ts";

/** A node's own packets enter the tunnel with an address that the way back does not lead through the tunnel to. */
export const tunnelMasquerade = ofVerdicts({
  name: "tunnel-masquerade",
  issues: ["kubespray#524", "felix#1338", "calicoctl#426", "#8367"],
  fix: "see that Calico's masquerading for the tunnel device is there (chain cali-nat-outgoing) and that no rule before it decides",
  check: "source-address",
  chosen: ({ id, reason = "" }) => id.includes("/host-to-") && !isMisled(reason) && !isAtTarget(id, reason),
  rewrites: /\b(?:snat|masquerade|notrack|ct zone|saddr set)\b|-j (?:SNAT|MASQUERADE|NETMAP|CT|NOTRACK)/,
  sentence: (finding) => `hosts' own packets leave ${placeIn(finding)} with a wrong source address: ${finding}`,
});
