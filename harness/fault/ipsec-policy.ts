import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit takes no VXLAN that does not come in ESP, and nobody sends it so: half of an IPsec between the nodes. */
export const ipsecPolicy = defineFault({
  name: "ipsec-policy",
  title: "a node's IPsec policy asks for ESP around VXLAN, and its peers send none",
  describes: "no known report: an IPsec between nodes that was set up, or left behind, on one of them (ip xfrm policy)",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "counted-loss",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const length = from.address.includes(":") ? 128 : 32;
    const selector = `dir in dst ${from.address}/${length} proto udp dport 4789`;
    return {
      did: [
        await changeNode(
          from,
          [`ip xfrm policy add ${selector} tmpl proto esp mode transport`],
          [`ip xfrm policy del ${selector}`],
          scope,
        ),
      ],
    };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
