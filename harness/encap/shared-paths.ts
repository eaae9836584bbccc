import type { Plan, PlannedNode, SharedAllocation } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { localityOf } from "./locality-of.ts";
import type { Mode } from "./mode.ts";
import type { Path } from "./path.ts";

/** Labs up to this many nodes are asked from every one of them, as each translates for its own pods; larger ones from one of each rack. */
const allSourcesUpTo = 6;

/**
 * The paths to Services with several backends: one for each source and each backend, as what must become of a connection depends on the
 * backend that it goes to. Sources are pods behind no such Service: one that comes to itself is masqueraded.
 */
export function sharedPaths(plan: Plan, mode: Mode, all: boolean): Path[] {
  const { shared = [] } = plan.allocation;
  return shared.flatMap((service) =>
    sourcesOf(plan, service, all).flatMap(({ node, pod }) =>
      service.backends.flatMap((backend) =>
        plan.families.flatMap((family) => pathTo(plan, mode, family, service, { node, pod }, backend)),
      ),
    ),
  );
}

/** The path from the same source through the same Service to another of its backends; undefined for all other kinds of paths. */
export function siblingTo(plan: Plan, path: Path, backend: string): Path | undefined {
  const service = plan.allocation.shared?.find((one) => one.service === path.service);
  const node = plan.nodes.find(({ name }) => name === path.source.node);
  const { pod } = path.source;
  if (path.backends === undefined || service === undefined || node === undefined || pod === undefined) return undefined;
  return pathTo(plan, { id: path.mode }, path.family, service, { node, pod }, backend)[0];
}

interface Source {
  readonly node: PlannedNode;
  readonly pod: string;
}

function sourcesOf({ nodes }: Plan, { backends }: SharedAllocation, all: boolean): readonly Source[] {
  const able = nodes.flatMap((node) => {
    const pod = node.pods.find((name) => !backends.includes(name));
    return pod === undefined ? [] : [{ node, pod }];
  });
  if (all || nodes.length <= allSourcesUpTo) return able;
  const racks = able.map(({ node }) => node.uplink.segment);
  return able.filter((_, index) => racks.indexOf(racks[index] ?? "") === index);
}

function pathTo(
  { nodes }: Plan,
  { id: mode }: Pick<Mode, "id">,
  family: Family,
  { service, backends }: SharedAllocation,
  { node: source, pod }: Source,
  backend: string,
): Path[] {
  const target = nodes.find(({ pods }) => pods.includes(backend));
  if (target === undefined) return [];
  const locality = localityOf(source, target);
  // Where a node has several of the backends, its first is called by the node's name alone.
  const name = backends.find((one) => target.pods.includes(one)) === backend ? target.name : backend;
  return [
    {
      id: `${mode}/pod-to-service/${locality}/v${family}/${source.name}->${service}->${name}`,
      ...{ mode, traffic: "pod-to-service", locality, family },
      source: { node: source.name, pod },
      target: { node: target.name, pod: backend },
      ...(name === target.name ? {} : { targetName: name }),
      service,
      backends: backends.length,
    },
  ];
}
