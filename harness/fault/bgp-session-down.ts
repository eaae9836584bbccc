import { Scope } from "../core/scope.ts";
import { defineFault } from "./fault.ts";
import { birdc, peeringRouter } from "./peering-router.ts";

/** The router forgets at once what it learned from the node, and tells the others so. */
export const bgpSessionDown = defineFault({
  name: "bgp-session-down",
  title: "the router has shut its BGP session with one node",
  describes: "#4059, #4479, #6643, #8271 (BGP not established)",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  cause: "bgp-sessions",
  fabric: "bgp",
  apply: async (network, _plan, scope = new Scope()) => {
    const peering = peeringRouter(network);
    const { router, session } = peering;
    scope.defer(`enable ${session} on ${router.name}`, async () => {
      await birdc(peering, "enable", session);
    });
    return { did: [await birdc(peering, "disable", session)] };
  },
  follows: ["reached", "conservation"],
  trips: [{ check: "bgp", status: "fail", path: "*/bgp/*", category: "control plane" }],
});
