import { Scope } from "../core/scope.ts";
import { tunnelDevice, vtepMacOf } from "../encap/tunnel.ts";
import { culprit, farPeer, faultFamily, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's FDB sends what is meant for a far node to a near one, which throws it away. */
export const staleFdb = defineFault({
  name: "stale-fdb",
  title: "an FDB entry points to the wrong node",
  describes: "#7281, #6711, #4022",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["same-subnet", "cross-subnet"],
  cause: "tunnel-entries",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const far = farPeer(network);
    const family = faultFamily(network);
    const device = tunnelDevice(network.mode, family) ?? "";
    const point = (host: string): string =>
      `bridge fdb replace ${vtepMacOf(far.identity, family)} dev ${device} dst ${host} self permanent`;
    return { did: [await changeNode(from, [point(nearPeer(network).address)], [point(far.address)], scope)] };
  },
  follows: ["no-leak", "outer-endpoints", "conservation", "sentinel"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
