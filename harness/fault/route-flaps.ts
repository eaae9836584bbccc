import { Scope } from "../core/scope.ts";
import { packetsBefore, waitForPackets } from "./after-packets.ts";
import { defineFault } from "./fault.ts";
import { routeIntoTunnel } from "./route-into-tunnel.ts";

/** How long the wrong route stays: some pings of a path, which go every 0.1 s, not all. */
const seconds = 0.3;

/** The culprit's route to its neighbor turns into a tunnel route for a moment, and back: no reading of the kernel shows it. */
export const routeFlaps = defineFault({
  name: "route-flaps",
  title: "a route changes for a moment while the probes run, and back",
  describes: "#9450, #8071 (routes made anew under traffic; a peer that comes and goes)",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "passing-change",
  apply: async (network, _plan, scope = new Scope()) => {
    const { node, change, back } = await routeIntoTunnel(network, scope);
    await node.executor.spawn(["sh", "-c", `${waitForPackets}; ${change}; sleep ${seconds}; ${back}`], scope);
    return { did: [`${node.name}: after ${packetsBefore} packets: ${change}; ${seconds} s later: ${back}`] };
  },
  follows: ["symmetry", "source-address", "sentinel", "no-leak", "conservation", "reached", "outer-header", "mss"],
  trips: [{ check: "not-encapsulated", status: "fail", path: "*/pod-to-pod/same-subnet/*" }],
});
