import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Somebody masquerades what Calico sends with pods' own addresses. */
export const sourceNat = ofVerdicts({
  name: "source-nat",
  issues: ["#3440", "#2222", "#5952"],
  fix: "see who masquerades there (nft list ruleset, iptables-save -t nat): Calico's pools must hold all pods (natOutgoing), and kube-proxy's clusterCIDR too",
  check: "source-address",
  chosen: ({ id }) => !id.includes("/host-to-"),
  sentence: (finding) => `${placeIn(finding)} changes the source address of pods: ${finding}`,
});
