import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's neighbor has the culprit's address too, and answers for it. */
export const foreignAddress = defineFault({
  name: "foreign-address",
  title: "a node has the address of another node of its rack too",
  describes: "aws/eks-anywhere#940, rancher/rancher#38999 (cloned machines)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet", "none"],
  needs: ["same-subnet"],
  cause: "foreign-address",
  apply: async (network, _plan, scope = new Scope()) => {
    const near = nearPeer(network);
    const { address } = culprit(network);
    const change = (word: string): string =>
      `ip addr ${word} ${address}/${address.includes(":") ? "128 nodad" : "32"} dev ${near.identity.uplink}`;
    return { did: [await changeNode(near, [change("add")], [change("del").replace(" nodad", "")], scope)] };
  },
  follows: ["neighbors", "reached", "conservation"],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
