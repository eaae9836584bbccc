import { Scope } from "../core/scope.ts";
import { tunnelDevice, vniOf } from "../encap/tunnel.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { rebuildVxlan } from "./rebuild-vxlan.ts";

/** All nodes agree on a VNI that is not the configured one: everything flows, and every connectivity test is green. */
export const wrongVni = defineFault({
  name: "wrong-vni",
  title: "all nodes use another VNI than the configured one",
  describes: "#10692, kubespray#12412 (values of the environment win over the datastore), #6752",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "tunnel-device",
  apply: async (network, _plan, scope = new Scope()) => {
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    const did = everyActor(network).map((actor) =>
      rebuildVxlan(actor, device, scope, { vni: vniOf(network.lab.plan) + 1 }),
    );
    return { did: await Promise.all(did) };
  },
  follows: ["sentinel"],
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
