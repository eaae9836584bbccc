import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** Of two equal ways behind the router one swallows packets: every second flow is lost, by the VXLAN header's source port. */
export const ecmpMemberLost = defineFault({
  name: "ecmp-member-lost",
  title: "one of two equal-cost paths drops VXLAN: flows with odd source ports are lost",
  describes: "#3334, sonic-net/sonic-buildimage#28143",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(routersOf(network), "forward", [`udp dport ${vxlanPort} udp sport & 1 == 1 drop`], scope),
  }),
  cause: "packet-filter",
  follows: ["reached", "conservation", "sizes", "path-mtu", "mtu"],
  trips: [{ check: "flows", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "flow-dependent loss" }],
});
