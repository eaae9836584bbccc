import { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import { packetsBefore, waitForPackets } from "./after-packets.ts";
import { culprit, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { tunnelRoute } from "./tunnel-route.ts";

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
    const { name, executor } = culprit(network);
    const near = nearPeer(network);
    const ip = near.block.includes(":") ? "ip -6" : "ip";
    const { stdout } = await runScript(executor, `${ip} route show exact ${near.block}`);
    // In one step: without a route for a moment, packets would take the default one.
    const back = `${ip} route replace ${stdout.trim()}`;
    scope.defer(`put back the route of ${name} to ${near.block}`, async () => {
      await runScript(executor, back);
    });
    const change = `${ip} route replace ${near.block} ${tunnelRoute(network, near)}`;
    await executor.spawn(["sh", "-c", `${waitForPackets}; ${change}; sleep ${seconds}; ${back}`], scope);
    return { did: [`${name}: after ${packetsBefore} packets: ${change}; ${seconds} s later: ${back}`] };
  },
  follows: ["symmetry", "source-address", "sentinel", "no-leak", "conservation", "reached", "outer-header", "mss"],
  trips: [{ check: "not-encapsulated", status: "fail", path: "*/pod-to-pod/same-subnet/*" }],
});
