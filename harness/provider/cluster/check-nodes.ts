import { withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import type { ClusterNode } from "../../kubernetes/node-object.ts";
import type { Problem } from "../../lab/lab.ts";

/** What keeps the nodes of a plan from being used as they are in the cluster. */
export function checkNodes(plan: Plan, nodes: readonly ClusterNode[]): readonly Problem[] {
  return plan.nodes.flatMap((planned) => {
    const node = nodes.find(({ name }) => name === planned.name);
    return node === undefined ? [unknown(planned, nodes)] : [...notReady(node), ...otherAddress(plan, planned, node)];
  });
}

function unknown({ name }: PlannedNode, nodes: readonly ClusterNode[]): Problem {
  return {
    what: `the cluster has no node ${name}`,
    fix: `name the topology's nodes as the cluster does: ${nodes.map((node) => node.name).join(", ")}`,
  };
}

function notReady({ name, ready, notReadyBecause }: ClusterNode): readonly Problem[] {
  if (ready) return [];
  return [
    {
      what: `node ${name} is not ready: ${notReadyBecause ?? "no reason given"}`,
      fix: `see kubectl describe node ${name}; or leave it out: --topology with a file of the other nodes`,
    },
  ];
}

/** The prefix may differ: that is a finding, and the checks on the wire are there to tell what comes of it. */
function otherAddress(plan: Plan, planned: PlannedNode, node: ClusterNode): readonly Problem[] {
  return plan.families.flatMap((family) => {
    const wanted = planned.uplink.addresses[family];
    const there = node.registered[family];
    if (wanted !== undefined && there !== undefined && withoutPrefix(wanted) === withoutPrefix(there)) return [];
    return [
      {
        what: `Calico has registered ${there ?? "no address"} for node ${node.name}, but the topology says ${wanted ?? "none"}`,
        fix: "put the registered address into the topology, or correct Calico's address autodetection",
      },
    ];
  });
}
