import { ofVerdicts } from "./of-verdicts.ts";
import { keepsEverywhere, keptOwnAddress } from "./own-addresses.ts";

/** Pods go out with their own addresses where Calico takes what they go to for pods' too: natOutgoing is for what no pool has. */
export const coveringPool = ofVerdicts({
  name: "covering-pool",
  issues: ["#7345", "#12767", "#4138"],
  fix: "see which IPPool holds the addresses that they go to (calicoctl get ippools -o wide): a disabled one counts too, and before v3.32.1 one for load balancers alone",
  check: "source-address",
  chosen: (verdict, incident) => keptOwnAddress(verdict, incident) && !keepsEverywhere(verdict, incident),
  sentence: (finding, { id }) =>
    id.includes("/pod-to-host/")
      ? `pods go to nodes with their own addresses, as if a pool held the nodes: ${finding}`
      : `pods go out of the cluster with their own addresses, as if a pool held the hosts there: ${finding}`,
});
