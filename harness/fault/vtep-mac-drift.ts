import { Scope } from "../core/scope.ts";
import { tunnelDevice, vtepMacOf } from "../encap/tunnel.ts";
import { culprit, everyActor, faultFamily, type Actor } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** A locally administered MAC that no node name hashes to, since those begin with 66. */
const drifted = "6a:00:00:00:00:01";

/** The culprit's VTEP has another MAC than its name gives, and all peers have followed: everything flows. */
export const vtepMacDrift = defineFault({
  name: "vtep-mac-drift",
  title: "one node's VTEP has a MAC that does not match its node name",
  describes: "PR #8924, #6383, #4468",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const victim = culprit(network);
    const family = faultFamily(network);
    const device = tunnelDevice(network.mode, family) ?? "";
    const right = vtepMacOf(victim.identity, family);
    const peers = everyActor(network).filter(({ name }) => name !== victim.name);
    const own = (mac: string): readonly string[] => [
      `ip link set ${device} address ${mac}`,
      // The kernel drops all neighbors of a device whose address changes, permanent ones too (neigh_changeaddr).
      ...peers.map(
        (peer) =>
          `ip neigh replace ${peer.tunnelAddress} lladdr ${vtepMacOf(peer.identity, family)} dev ${device} nud permanent`,
      ),
    ];
    return {
      did: await Promise.all([
        changeNode(victim, own(drifted), own(right), scope),
        ...peers.map((peer) =>
          changeNode(peer, follow(victim, device, right, drifted), follow(victim, device, drifted, right), scope),
        ),
      ]),
    };
  },
  cause: "tunnel-device",
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});

function follow(victim: Actor, device: string, from: string, to: string): readonly string[] {
  return [
    `ip neigh replace ${victim.tunnelAddress} lladdr ${to} dev ${device} nud permanent`,
    `bridge fdb replace ${to} dev ${device} dst ${victim.address} self permanent`,
    `bridge fdb del ${from} dev ${device} dst ${victim.address} self || true`,
  ];
}
