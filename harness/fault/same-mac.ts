import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's neighbor was cloned from it: both uplinks send from one MAC. */
export const sameMac = defineFault({
  name: "same-mac",
  title: "two nodes of a rack have the same MAC on their uplinks",
  describes: "#9693, rancher/rancher#38999",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet", "none"],
  needs: ["same-subnet"],
  cause: "same-mac",
  apply: async (network, plan, scope = new Scope()) => {
    const near = nearPeer(network);
    const macOf = (name: string): string => plan.nodes.find((node) => node.name === name)?.uplink.mac ?? "";
    const set = (mac: string): string => `ip link set ${near.identity.uplink} address ${mac}`;
    return { did: [await changeNode(near, [set(macOf(culprit(network).name))], [set(macOf(near.name))], scope)] };
  },
  // A frame that comes to both is passed on by the other node, a hop later.
  follows: [
    "outer-header",
    "neighbors",
    "reached",
    "conservation",
    "no-leak",
    "flows",
    "sizes",
    "path-mtu",
    "sentinel",
    "mtu",
    "next-hop-mac",
  ],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
