import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Something that manages devices has set the culprit's tunnel device down, and with it went its routes. */
export const tunnelDown = defineFault({
  name: "tunnel-down",
  title: "one node's tunnel device is down",
  describes: "#3271, #6383 (NetworkManager takes Calico's devices for its own)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    const saved = `/tmp/encaplab-${network.lab.runId}.routes-of-${device}`;
    const commands = [`ip route show dev ${device} > ${saved}`, `ip link set ${device} down`];
    const undo = [
      `ip link set ${device} up`,
      `while read -r route; do ip route replace $route dev ${device}; done < ${saved}; rm -f ${saved}`,
    ];
    return { did: [await changeNode(culprit(network), commands, undo, scope)] };
  },
  follows: [
    "source-address",
    "reached",
    "conservation",
    "encapsulated",
    "no-leak",
    "symmetry",
    "outer-endpoints",
    "sentinel",
    "next-hop-mac",
  ],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
