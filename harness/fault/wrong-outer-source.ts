import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { addressCount, hostAddress, networkOf, prefixLength, withoutPrefix } from "../topology/address.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit's VTEP is bound to a second address of its uplink, which no peer knows; packets still arrive. */
export const wrongOuterSource = defineFault({
  name: "wrong-outer-source",
  title: "one node's VTEP is bound to another address of the node",
  describes: "#10901, #6711, #8367, #2542",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    const extra = spareAddress(network);
    const nodad = extra.includes(":") ? " nodad" : "";
    const bind = (address: string): string => `ip link set ${device} type vxlan local ${address}`;
    const commands = [`ip addr add ${extra} dev ${from.identity.uplink}${nodad}`, bind(withoutPrefix(extra))];
    const undo = [bind(from.address), `ip addr del ${extra} dev ${from.identity.uplink}`];
    return { did: [await changeNode(from, commands, undo, scope)] };
  },
  follows: ["sentinel"],
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});

/** The highest address of the culprit's rack that the plan gives to nobody, with the rack's prefix. */
function spareAddress(network: Network): string {
  const { plan } = network.lab;
  const family = faultFamily(network);
  const { name } = culprit(network);
  const segment = plan.nodes.find((node) => node.name === name)?.uplink.segment;
  const cidr = plan.topology.subnets.find((subnet) => subnet.name === segment)?.cidrs[family];
  if (cidr === undefined) throw new LabError(`${name} has no subnet for a second address`);
  const ports = [...plan.nodes.map((node) => node.uplink), ...plan.routers.flatMap((router) => router.ports)];
  const taken = new Set(ports.map((port) => withoutPrefix(port.addresses[family] ?? "")));
  // The last address is the broadcast address; a few below it are enough to find one that is free.
  const last = Number(addressCount(cidr) > 1000n ? 1000n : addressCount(cidr)) - 2;
  const candidates = Array.from({ length: last }, (_, index) => hostAddress(networkOf(cidr), last - index));
  const free = candidates.find((candidate) => !taken.has(candidate));
  if (free === undefined) throw new LabError(`subnet ${cidr} has no free address`);
  return `${free}/${prefixLength(cidr)}`;
}
