import type { Mode } from "../../encap/mode.ts";
import type { Scope } from "../../core/scope.ts";
import type { Lab } from "../../lab/lab.ts";
import { withNewNodes } from "../../lab/new-nodes.ts";
import { onEveryNode } from "../convergence/every-node.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import type { Network } from "../dataplane.ts";
import { stopServices } from "../process/supervise.ts";
import { writeResources } from "./datastore.ts";
import { nodeFolder } from "./lab-folder.ts";
import { connectMachine, managementExecutor, wireNode } from "./management.ts";
import { nodeCalico, plannedPods, type Release } from "./node-calico.ts";
import { makePods } from "./pods.ts";
import { removeFromNode } from "./remove.ts";
import { resourcesFor } from "./resources.ts";
import { startNode } from "./start-node.ts";

/** Starts Calico and pods on those nodes of a whole lab that have no part in a network yet, as an administrator adds machines. */
export async function joinNodes(
  { lab: before, mode }: Network,
  lab: Lab,
  release: Release,
  watch: Stopwatch,
  scope: Scope,
): Promise<void> {
  const joining = withNewNodes(before, lab);
  const names = joining.nodes.map(({ name }) => name).join(", ");
  await onEveryNode(joining, async (node) => {
    scope.defer(`remove Calico from ${node.name}`, async () => {
      await stopServices(node.executor, nodeFolder(lab, node.name));
      await removeFromNode(lab, node);
    });
    const { machines } = lab;
    if (machines === undefined) await wireNode(lab, node);
    else await connectMachine(machines, node.executor, nodeFolder(lab, node.name));
  });
  const known = new Set(resourcesFor(before.plan, mode).map(keyOf));
  await writeResources(managementExecutor(lab), newTo(known, lab, mode));
  await onEveryNode(joining, (node) => startNode(node.executor, nodeCalico(lab, node, release, mode)));
  watch.reached(`${names} started`);
  await onEveryNode(joining, (node) =>
    makePods(node, nodeCalico(lab, node, release, mode), plannedPods(lab, node.name)),
  );
  watch.reached(`pods on ${names}`);
}

type Resource = ReturnType<typeof resourcesFor>[number];

/** What is there already may have been filled in by Calico, and is left alone. */
function newTo(known: ReadonlySet<string>, { plan }: Lab, mode: Mode): readonly Resource[] {
  return resourcesFor(plan, mode).filter((resource) => !known.has(keyOf(resource)));
}

function keyOf({ kind, metadata: { name } }: Resource): string {
  return `${kind} ${name}`;
}
