import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Bytes of MTU: a cloud's interface of an older kind, or a tunnel below the node. */
const narrow = 1400;

/** One node's uplink carries less than its segment, and pods and tunnel were set up before anybody knew. */
export const narrowUplink = defineFault({
  name: "narrow-uplink",
  title: "one node's uplink has a smaller MTU than its segment",
  describes: "calicoctl#415, felix#756",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "narrow-link",
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const device = from.identity.uplink;
    const mtu = plan.nodes.find(({ name }) => name === from.name)?.uplink.mtu ?? 1500;
    const set = (value: number): readonly string[] => [`ip link set dev ${device} mtu ${value}`];
    return { did: [await changeNode(from, set(narrow), set(mtu), scope)] };
  },
  follows: ["reached", "sizes", "conservation", "path-mtu", "mss", "flows", "control-plane"],
  trips: [{ check: "mtu", status: "fail", path: "*/cross-subnet/*", category: "wrong MTU" }],
});
