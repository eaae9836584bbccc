import { ofVerdicts } from "./of-verdicts.ts";

/** Pods go out with their own addresses where Calico takes what they go to for pods' too: natOutgoing is for what no pool has. */
export const coveringPool = ofVerdicts({
  name: "covering-pool",
  issues: ["#7345", "#12767", "#4138"],
  fix: "see which IPPool holds the addresses that they go to (calicoctl get ippools -o wide): one for load balancers or a disabled one counts too",
  check: "source-address",
  chosen: ({ id, observed }, { network }) => {
    const [, source] = /^forward (\S+) >/.exec(observed) ?? [];
    const ofPods = network.identities.pods.flatMap(({ addresses }) => Object.values(addresses));
    return id.includes("/pod-to-host/") && source !== undefined && ofPods.includes(source);
  },
  sentence: (finding) => `pods go to nodes with their own addresses, as if a pool held the nodes: ${finding}`,
});
