import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The router loses every tenth packet: by a counter and not by chance, so that a small sample shows it too. */
export const lossyRouter = defineFault({
  name: "lossy-router",
  title: "the router drops every tenth packet",
  describes: "#7281, #9450 (bursts of loss while neighbors are re-made), #1357",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(routersOf(network), "forward", ["numgen inc mod 10 < 1 drop"], scope),
  }),
  cause: "packet-filter",
  follows: ["reached", "sizes", "path-mtu", "flows", "mtu"],
  trips: [{ check: "conservation", status: "fail", path: "*/cross-subnet/*", category: "lost on the way" }],
});
