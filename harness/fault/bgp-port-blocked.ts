import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { defineFault } from "./fault.ts";
import { birdc, peeringRouter } from "./peering-router.ts";

/** TCP port of BGP (RFC 4271 8). */
const bgpPort = 179;

/** A firewall on the router drops BGP; the session was up before, and begins anew, as after any restart. */
export const bgpPortBlocked = defineFault({
  name: "bgp-port-blocked",
  title: `the router's firewall drops TCP port ${bgpPort}: a session that ends does not come back`,
  describes: "#4059, #4479 (BGP not established), and the ports that Calico's requirements list",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  cause: "bgp-sessions",
  fabric: "bgp",
  apply: async (network, _plan, scope = new Scope()) => {
    const peering = peeringRouter(network);
    const { router, session } = peering;
    // Undone last: by then the rules are gone.
    scope.defer(`begin ${session} on ${router.name} anew`, async () => {
      await birdc(peering, "restart", session);
    });
    const drops = [`tcp dport ${bgpPort} drop`, `tcp sport ${bgpPort} drop`];
    const rules = await addRulesToAll([router], "input", drops, scope);
    return { did: [...rules, await birdc(peering, "restart", session)] };
  },
  follows: ["reached", "conservation", "flows", "sizes", "path-mtu"],
  trips: [{ check: "bgp", status: "fail", path: "*/bgp/*", category: "control plane" }],
});
