import { LabError } from "../core/errors.ts";
import { Stopwatch } from "../dataplane/convergence/stopwatch.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";

/** Restarts what runs of a dataplane on each node, one node after the other as a rolling update does; the network as it is then, with times. */
export async function restartNodes(dataplane: Dataplane, network: Network): Promise<Network> {
  const watch = new Stopwatch();
  for (const { name } of network.lab.nodes) {
    if (dataplane.restart === undefined) throw nothingToRestart(dataplane);
    await dataplane.restart(network, name);
    watch.reached(`${name} ready again`);
  }
  return { ...network, convergence: watch.convergence() };
}

/** The error for a dataplane without programs on its nodes. */
export function nothingToRestart({ title }: Dataplane): LabError {
  return new LabError(`there is nothing to restart: ${title} runs no program on the nodes of this lab`, {
    fix: "take a lab with real Calico: up --calico-bin DIR or --calico-archive FILE, or one on Kubernetes",
  });
}
