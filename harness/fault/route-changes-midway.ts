import { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import { packetsBefore, waitForPackets } from "./after-packets.ts";
import { culprit, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/** The culprit's route to its neighbor turns into a tunnel route while probes are under way, as when Calico acts on a late change. */
export const routeChangesMidway = defineFault({
  name: "route-changes-midway",
  title: "a route changes while the probes run",
  describes: "#9450, #8071, felix#2494 (routes made anew under traffic)",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "changed-midway",
  apply: async (network, _plan, scope = new Scope()) => {
    const { name, executor } = culprit(network);
    const near = nearPeer(network);
    const ip = near.block.includes(":") ? "ip -6" : "ip";
    const { stdout: before } = await runScript(executor, `${ip} route show exact ${near.block}`);
    scope.defer(`put back the route of ${name} to ${near.block}`, async () => {
      await runScript(executor, `${ip} route flush exact ${near.block}\n${ip} route add ${before.trim()}`);
    });
    const change = `${ip} route replace ${near.block} ${tunnelRoute(network, near)}`;
    await executor.spawn(["sh", "-c", `${waitForPackets}; ${change}`], scope);
    return { did: [`${name}: after ${packetsBefore} packets: ${change}`] };
  },
  follows: ["not-encapsulated", "symmetry", "source-address", "sentinel"],
  trips: [
    { check: "steady", status: "fail", path: "*/steady/*", category: "control plane" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
