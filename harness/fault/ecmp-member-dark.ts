import { Scope } from "../core/scope.ts";
import { underlayWay } from "../encap/underlay-way.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import type { Plan } from "../topology/plan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { withoutSharing } from "./sharing-routers.ts";

/** The last of several equal-cost routers swallows tunnels, both ways: flows whose ports choose it are lost, and the others pass. */
export const ecmpMemberDark = defineFault({
  name: "ecmp-member-dark",
  title: "one of two routers with equal-cost routes drops VXLAN, and the other passes it on",
  describes: "#3334, sonic-net/sonic-buildimage#28143",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  topology: "ecmp-spines",
  unmet: withoutSharing,
  cause: "equal-way",
  apply: async (network, plan, scope = new Scope()) => {
    const places = network.lab.routers.filter(({ name }) => name === memberOf(plan, faultFamily(network)));
    return { did: await addRulesToAll(places, "forward", [`udp dport ${vxlanPort} counter drop`], scope) };
  },
  follows: ["flows", "reached", "conservation", "sizes", "path-mtu", "mtu", "mss", "symmetry", "encapsulated"],
  trips: [
    { check: "equal-ways", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "flow-dependent loss" },
  ],
});

/** The last router of the last of the equal ways between two nodes of the plan. */
function memberOf(plan: Plan, family = plan.families[0] ?? 4): string | undefined {
  const pairs = plan.nodes.flatMap((from) => plan.nodes.map((to) => [from, to] as const));
  for (const [from, to] of pairs) {
    const { equal } = underlayWay(plan, family, from, to, { onlink: false, form: "vxlan" });
    if (equal !== undefined) return equal.ways.at(-1)?.at(-1)?.router;
  }
  return undefined;
}
