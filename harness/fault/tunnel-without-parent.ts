import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { rebuildVxlan } from "./rebuild-vxlan.ts";

/** The culprit's VXLAN device is bound to no uplink: whatever route leads to a peer decides where its packets leave. */
export const tunnelWithoutParent = defineFault({
  name: "tunnel-without-parent",
  title: "one node's VXLAN device has no parent device",
  describes: "no known report: a script that made the device again (felix vxlan_mgr.go always names the parent)",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: [],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    return { did: [await rebuildVxlan(culprit(network), device, scope, { bound: false })] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
