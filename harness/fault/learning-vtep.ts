import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's VTEP learns MACs from what it sees, so that any host may redirect its traffic. */
export const learningVtep = defineFault({
  name: "learning-vtep",
  title: "one node's VXLAN device learns addresses from the wire",
  describes: "#7281, #6383 (felix makes it with nolearning)",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: [],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const set = (word: string): string =>
      `ip link set ${tunnelDevice(network.mode, faultFamily(network)) ?? ""} type vxlan ${word}`;
    return { did: [await changeNode(culprit(network), [set("learning")], [set("nolearning")], scope)] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
