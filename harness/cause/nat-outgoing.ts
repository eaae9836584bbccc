import { ofVerdicts } from "./of-verdicts.ts";
import { keepsEverywhere, keptOwnAddress } from "./own-addresses.ts";

/** A node lets its pods' own addresses out wherever they go: nobody masquerades there. */
export const natOutgoing = ofVerdicts({
  name: "nat-outgoing",
  issues: ["#8960", "#4138"],
  fix: "see that the pods' IPPool has natOutgoing: true (calicoctl get ippools -o wide), that Felix runs on that node, and that its rule is there (iptables-save -t nat | grep cali-nat-outgoing, nft list ruleset)",
  check: "source-address",
  chosen: (verdict, incident) => keptOwnAddress(verdict, incident) && keepsEverywhere(verdict, incident),
  sentence: (finding, { id }) =>
    `${sourceIn(id)} does not masquerade what its pods send out of the cluster, to nodes and beyond: ${finding}`,
});

/** "a1" of ".../a1->server". */
function sourceIn(id: string): string {
  return id.split("/").at(-1)?.split("->")[0] ?? "a node";
}
