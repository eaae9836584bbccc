import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** The fabric drops VXLAN, as firewalls and other overlays do. */
export const drop4789AtRouter = defineFault({
  name: "drop-4789-at-router",
  title: `the router drops UDP port ${vxlanPort}`,
  describes: "#6752, cloud-api-adaptor#244, openshift-docs#18315 (NSX-T owns the port)",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "packet-filter",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(routersOf(network), "forward", [`udp dport ${vxlanPort} drop`], scope),
  }),
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
