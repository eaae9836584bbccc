import { Scope } from "../core/scope.ts";
import { packetsBefore, waitForPackets } from "./after-packets.ts";
import { defineFault } from "./fault.ts";
import { routeIntoTunnel } from "./route-into-tunnel.ts";

/** The culprit's route to its neighbor turns into a tunnel route while probes are under way, as when Calico acts on a late change. */
export const routeChangesMidway = defineFault({
  name: "route-changes-midway",
  title: "a route changes while the probes run",
  describes: "#9450, #8071, felix#2494 (routes made anew under traffic)",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "changed-midway",
  apply: async (network, _plan, scope = new Scope()) => {
    const { node, change } = await routeIntoTunnel(network, scope);
    await node.executor.spawn(["sh", "-c", `${waitForPackets}; ${change}`], scope);
    return { did: [`${node.name}: after ${packetsBefore} packets: ${change}`] };
  },
  follows: ["not-encapsulated", "symmetry", "source-address", "sentinel"],
  trips: [
    { check: "steady", status: "fail", path: "*/steady/*", category: "control plane" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
