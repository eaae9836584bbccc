import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault, type Fault } from "./fault.ts";
import { rebuildVxlan } from "./rebuild-vxlan.ts";

/** A fault that makes the culprit's VXLAN device with an option of ip-link(8) that Calico does not use; everything is delivered all the same. */
export function vxlanOptionFault(name: string, title: string, describes: string, options: string): Fault {
  return defineFault({
    name,
    title,
    describes,
    modes: ["vxlan-always", "vxlan-cross-subnet"],
    needs: ["cross-subnet"],
    cause: "tunnel-device",
    follows: ["control-plane"],
    apply: async (network, _plan, scope = new Scope()) => {
      const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
      return { did: [await rebuildVxlan(culprit(network), device, scope, { options })] };
    },
    trips: [
      { check: "outer-header", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer header" },
    ],
  });
}
