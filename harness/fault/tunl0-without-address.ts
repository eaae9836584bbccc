import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's tunl0 has lost its address: pods do not notice, and hosts' own packets enter the tunnel with another one. */
export const tunl0WithoutAddress = defineFault({
  name: "tunl0-without-address",
  title: "one node's tunl0 has no address",
  describes: "#6984, #1866 (the address was given to another node, or to a pod)",
  modes: ["ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const address = `${from.tunnelAddress}/32 dev tunl0`;
    return { did: [await changeNode(from, [`ip addr del ${address}`], [`ip addr add ${address}`], scope)] };
  },
  follows: [
    "source-address",
    "reached",
    "conservation",
    "encapsulated",
    "no-leak",
    "symmetry",
    "sentinel",
    "next-hop-mac",
  ],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
