import { Scope } from "../core/scope.ts";
import { wireguardDevice } from "../encap/wireguard.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { withoutWireguard } from "./without-wireguard.ts";

/** The device goes down, and its routes with it: packets to the node die at its port, and its own leave unencrypted. */
export const wireguardDown = defineFault({
  name: "wireguard-down",
  title: "one node's WireGuard device is down: what it sends goes unencrypted, what is sent to it dies",
  describes: "#3760, #8039",
  modes: ["vxlan-cross-subnet", "none"],
  needs: ["cross-subnet"],
  topology: "wireguard",
  unmet: withoutWireguard,
  cause: "unencrypted",
  apply: async (network, _plan, scope = new Scope()) => {
    const family = faultFamily(network);
    const device = wireguardDevice(family);
    const file = `/run/encaplab-routes-${family}`;
    const commands = [
      `ip -${family} route show table all dev ${device} | grep -w table | grep -v 'table local' > ${file}`,
      `ip link set ${device} down`,
    ];
    const undo = [
      `ip link set ${device} up`,
      `while read -r route; do ip -${family} route replace $route dev ${device}; done < ${file}`,
      `rm ${file}`,
    ];
    return { did: [await changeNode(culprit(network), commands, undo, scope)] };
  },
  follows: [
    ...["encapsulated", "symmetry", "sentinel", "no-leak", "conservation", "source-address", "outer-endpoints"],
    ...["outer-header", "reached", "flows", "sizes", "path-mtu"],
  ] as const,
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
  ],
});
