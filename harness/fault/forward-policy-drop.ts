import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Docker on the culprit has set the policy of FORWARD to DROP. */
export const forwardPolicyDrop = defineFault({
  name: "forward-policy-drop",
  title: "one node forwards nothing: the policy of its FORWARD chain is drop",
  describes: "#2230, kubernetes/kubernetes#108718 (Docker sets FORWARD to DROP)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  cause: "packet-filter",
  apply: async (network, _plan, scope = new Scope()) => {
    const chain = "chain FORWARD { type filter hook forward priority 0; policy drop; }";
    const commands = [`nft 'table ip docker { ${chain}; }'`, `nft 'table ip6 docker { ${chain}; }'`];
    const undo = ["nft delete table ip docker", "nft delete table ip6 docker"];
    return { did: [await changeNode(culprit(network), commands, undo, scope)] };
  },
  follows: ["conservation"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
    { check: "mtu", status: "inconclusive", path: "*/pod-to-pod/*" },
  ],
});
