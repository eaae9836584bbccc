import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { forgetNeighbors } from "./forget-neighbors.ts";

/** The culprit does not answer its pods' ARP for their gateway: what turned proxy_arp off on all devices did so on theirs too. */
export const proxyArpOff = defineFault({
  name: "proxy-arp-off",
  title: "one node does not answer its pods' ARP for their gateway",
  describes: "#3270 (proxy_arp is 0 on cali devices, after a hardening script)",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "forwarding-off",
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 pods find their node by neighbor discovery"),
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const set = (value: number): string =>
      `for file in /proc/sys/net/ipv4/conf/cali*/proxy_arp; do echo ${value} > "$file"; done`;
    const did = [await changeNode(from, [set(0)], [set(1)], scope)];
    await forgetNeighbors(network, from.name);
    return { did };
  },
  follows: ["conservation", "neighbors"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
  ],
});
