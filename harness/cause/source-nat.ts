import { isAtTarget, isMisled, ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Somebody translates addresses that Calico leaves as they are, or leaves those that it translates. */
export const sourceNat = ofVerdicts({
  name: "source-nat",
  issues: ["#3440", "#2222", "#5952"],
  fix: "see who translates addresses there (nft list ruleset, iptables-save -t nat): Calico's pools must hold all pods (natOutgoing), and kube-proxy's clusterCIDR too",
  check: "source-address",
  chosen: ({ id, reason = "" }) => !id.includes("/host-to-") || isMisled(reason) || isAtTarget(id, reason),
  rewrites:
    /\b(?:[sd]nat|masquerade|redirect|notrack|ct zone|[sd]addr set)\b|@(?:ll|nh|th|ih),\d+,\d+ set\b|-j (?:[SD]NAT|MASQUERADE|REDIRECT|NETMAP|CT|NOTRACK)/,
  sentence: (finding, { id }) => `${placeIn(finding)} ${whatHappens(finding, id)}: ${finding}`,
});

function whatHappens(finding: string, id: string): string {
  if (/^forward .* destination /.test(finding)) return "sends packets to another address than they are for";
  // What pods send to hosts is masqueraded where no pool holds the host.
  return id.includes("/pod-to-host/")
    ? "does not give packets of pods to hosts the source address that natOutgoing asks for"
    : `changes the source address of ${id.includes("/host-to-") ? "hosts and pods that send to its pods" : "pods"}`;
}
