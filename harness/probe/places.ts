import { LabError } from "../core/errors.ts";
import type { Endpoint } from "../encap/path.ts";
import type { Executor } from "../exec/executor.ts";
import { hostsOf } from "../topology/hosts-of.ts";

/** Where probes can be sent from and answered: the pods and the hosts of a network, and hosts outside of it. */
export interface Places {
  readonly pods: readonly { readonly name: string; readonly executor: Executor }[];
  readonly nodes: readonly { readonly name: string; readonly executor: Executor }[];
}

/** Where probes start and end: in pods, on their nodes, and on hosts outside. */
export function placesOf({
  pods,
  lab,
}: {
  readonly pods: Places["pods"];
  readonly lab: { readonly nodes: Places["nodes"]; readonly external?: Places["nodes"] };
}): Places {
  return { pods, nodes: hostsOf(lab) };
}

/** Tells endpoints apart: pods and nodes have name spaces of their own. */
function endpointKey({ node, pod }: Endpoint): string {
  return pod === undefined ? `node ${node}` : `pod ${pod}`;
}

/** The executor of a pod or host; a LabError where the network has none of that name. */
export function executorAt(places: Places, endpoint: Endpoint): Executor {
  const { node, pod } = endpoint;
  const found =
    pod === undefined
      ? places.nodes.find((candidate) => candidate.name === node)
      : places.pods.find((candidate) => candidate.name === pod);
  if (found === undefined) throw new LabError(`the network has no ${endpointKey(endpoint)} to probe from or to`);
  return found.executor;
}

/** Groups values by the endpoint that they belong to, in the order of first appearance. */
export function byEndpoint<T>(
  values: readonly T[],
  endpointOf: (value: T) => Endpoint,
): readonly { readonly endpoint: Endpoint; readonly values: readonly T[] }[] {
  const groups = new Map<string, { endpoint: Endpoint; values: T[] }>();
  for (const value of values) {
    const endpoint = endpointOf(value);
    const key = endpointKey(endpoint);
    const group = groups.get(key) ?? { endpoint, values: [] };
    groups.set(key, group);
    group.values.push(value);
  }
  return [...groups.values()];
}
