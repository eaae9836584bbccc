import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { tunnelDevice, vtepMacOf } from "../encap/tunnel.ts";
import { withoutPrefix } from "../topology/address.ts";
import { culprit, everyActor, faultFamily, nearPeers, type Actor } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/**
 * One node is registered with its address in another network: it and its rack take each other for another subnet, all send to that
 * address, and the node sends from it. Packets still arrive.
 */
export const autodetectedWrongNetwork = defineFault({
  name: "autodetected-wrong-network",
  title: "one node is registered with its address in the management network",
  describes: "#10901, #2042, #8381, #2542, k0sproject/k0s#3711, cni-plugin#314",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["same-subnet", "cross-subnet"],
  topology: "two-uplinks",
  unmet: ({ nodes }) =>
    nodes.every(({ others = [] }) => others.length === 0) ? "its nodes have one device each" : undefined,
  cause: "autodetection",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const { device, address } = otherDevice(network, from);
    const peers = everyActor(network).filter(({ name }) => name !== from.name);
    const did = [await sendFrom(network, from, device, address, scope)];
    for (const peer of peers) did.push(await sendTo(network, peer, from, address, scope));
    for (const near of network.mode.policy === "CrossSubnet" ? nearPeers(network) : []) {
      did.push(await replaceRoute(from, near.block, tunnelRoute(network, near), scope));
      did.push(await replaceRoute(near, from.block, tunnelRoute(network, from), scope));
    }
    return { did };
  },
  follows: ["not-encapsulated", "symmetry", "source-address", "no-leak", "reached", "conservation", "sentinel"],
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});

function otherDevice({ lab }: Network, { name }: Actor): { readonly device: string; readonly address: string } {
  const port = lab.plan.nodes.find((node) => node.name === name)?.others?.[0];
  const address = port?.addresses[lab.plan.families.includes(4) ? 4 : 6];
  if (port === undefined || address === undefined) throw new LabError(`${name} has no device beside its uplink`);
  return { device: port.device, address: withoutPrefix(address) };
}

function sendFrom(network: Network, from: Actor, device: string, address: string, scope: Scope): Promise<string> {
  const vtep = tunnelDevice(network.mode, faultFamily(network)) ?? "";
  const bind = (local: string, parent: string): string => `ip link set ${vtep} type vxlan local ${local} dev ${parent}`;
  return changeNode(from, [bind(address, device)], [bind(from.address, from.identity.uplink)], scope);
}

function sendTo(network: Network, peer: Actor, to: Actor, address: string, scope: Scope): Promise<string> {
  const family = faultFamily(network);
  const point = (host: string): string =>
    `bridge fdb replace ${vtepMacOf(to.identity, family)} dev ${tunnelDevice(network.mode, family) ?? ""} dst ${host} self permanent`;
  return changeNode(peer, [point(address)], [point(to.address)], scope);
}
