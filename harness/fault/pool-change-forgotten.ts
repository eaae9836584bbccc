import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { TunnelDevice } from "../encap/identity.ts";
import { modeToward } from "../encap/pool-mode.ts";
import { withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { culprit, actorNamed, type Actor } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** A pool was taken out of VXLAN while pods had addresses of it, and one node still sends to one of its blocks as before. */
export const poolChangeForgotten = defineFault({
  name: "pool-change-forgotten",
  title: "a pool has no encapsulation any more, and one node still reaches a block of it through VXLAN",
  describes: "#3672, felix#2547, #4022",
  modes: ["pools"],
  needs: ["cross-subnet"],
  topology: "mixed-encapsulations",
  unmet: ({ topology }) => {
    const words = topology.pools.map(({ encapsulation }) => encapsulation);
    const both = words.includes("None") && words.some((word) => word?.startsWith("VXLAN"));
    return both ? undefined : "no pool has VXLAN beside one without encapsulation: see mixed-encapsulations";
  },
  cause: "wrong-route",
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const { block, to } = farBlock(network, plan, from);
    const device: TunnelDevice = "vxlan.calico";
    const route = `via ${to.identity.tunnelAddresses[device] ?? ""} dev ${device} onlink`;
    return { did: [await replaceRoute(from, block, route, scope)] };
  },
  follows: ["no-leak", "symmetry", "source-address", "sentinel", "encapsulated", "path-mtu", "sizes", "reached"],
  trips: [
    { check: "not-encapsulated", status: "fail", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});

/** A block without encapsulation of a node in another rack. */
function farBlock(network: Network, plan: Plan, from: Actor): { readonly block: string; readonly to: Actor } {
  const segmentOf = (node: string): string | undefined => plan.nodes.find(({ name }) => name === node)?.uplink.segment;
  const far = network.identities.nodes.filter(({ name }) => segmentOf(name) !== segmentOf(from.name));
  const found = far.flatMap((identity) =>
    (identity.blocks[4] ?? [])
      .filter((block) => modeToward(network.mode, identity, withoutPrefix(block)).encapsulation === "none")
      .map((block) => ({ block, to: actorNamed(network, identity.name) })),
  );
  const [first] = found;
  if (first === undefined) throw new LabError("no node elsewhere has a block without encapsulation");
  return first;
}
