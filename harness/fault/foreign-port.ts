import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { rebuildVxlan } from "./rebuild-vxlan.ts";

/** Linux's default port, from before VXLAN had one of its own; Flannel's. */
const oldPort = 8472;

/** All nodes agree on a UDP port that is not the configured one: everything flows, and firewalls and monitors know nothing of it. */
export const foreignPort = defineFault({
  name: "foreign-port",
  title: `all nodes send VXLAN to port ${oldPort} and not to the configured one`,
  describes: "no known report: FelixConfiguration vxlanPort changed, or left behind by a migration from Flannel",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    const did = everyActor(network).map((actor) => rebuildVxlan(actor, device, scope, { port: oldPort }));
    return { did: await Promise.all(did) };
  },
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
    { check: "sentinel", status: "fail", path: "*/sentinel/*", category: "leak" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
