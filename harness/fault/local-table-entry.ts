import { Scope } from "../core/scope.ts";
import { culprit, farPeer, twoPodsOf } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's table local has another node's pod, so that the culprit takes for itself what is for the pod; its routes are all right. */
export const localTableEntry = defineFault({
  name: "local-table-entry",
  title: "a node's table local has the address of another node's pod",
  describes:
    "no known report: what a transparent proxy, or a guest agent of a cloud, has put there (ip route add local)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet", "none"],
  needs: ["cross-subnet"],
  cause: "local-table",
  apply: async (network, _plan, scope = new Scope()) => {
    const [pod] = twoPodsOf(network, farPeer(network));
    const entry = (word: string): string => `ip route ${word} local ${pod} dev lo table local`;
    return { did: [await changeNode(culprit(network), [entry("add")], [entry("del")], scope)] };
  },
  follows: ["reached", "conservation", "answered-by", "flows"],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
