import type { Network } from "../dataplane/dataplane.ts";
import { podMtu, tunnelDevice } from "../encap/tunnel.ts";
import { faultFamily, type Actor } from "./cast.ts";

/** ip(8) arguments of the route through the tunnel to an actor's block, as the mode itself would make it. */
export function tunnelRoute(network: Network, target: Actor): string {
  const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
  if (network.mode.encapsulation === "ipip") return `via ${target.address} dev ${device} proto 12 onlink`;
  return `via ${target.tunnelAddress} dev ${device} onlink mtu ${podMtu(network.lab.plan, network.mode)}`;
}
