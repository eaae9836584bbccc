import { didYouMean } from "../core/closest-name.ts";
import type { ValuePath, ValueProblem } from "../core/yaml/value-problem.ts";
import type { FileFacts } from "./file-facts.ts";
import { podName } from "./pool-of.ts";
import type { SharedService, Topology } from "./topology.ts";

/** Services with several backends: nodes that exist and carry the pods, and a name that no other Service has. */
export function checkSharedServices(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return (topology.sharedServices ?? []).flatMap((service) => [
    ...checkName(topology, service),
    ...service.backends.flatMap((node, index) =>
      checkBackend(topology, file, service, ["services", "shared", service.name, "backends", index], node, index),
    ),
  ]);
}

/** Each pod has a Service that is called like it, and so has the pod in a node's own network. */
function checkName({ nodes }: Topology, { name }: SharedService): readonly ValueProblem[] {
  const taken = nodes.flatMap((node) => [
    ...Array.from({ length: node.pods }, (_, index) => podName(node.name, index)),
    ...(node.hostNetworkPod === true ? [`${node.name}-host`] : []),
  ]);
  if (!taken.includes(name)) return [];
  const message = `"${name}" is the name of the Service with that one backend already`;
  return [{ path: ["services", "shared", name], atKey: true, message }];
}

function checkBackend(
  { nodes }: Topology,
  file: FileFacts,
  { backends }: SharedService,
  path: ValuePath,
  name: string,
  index: number,
): readonly ValueProblem[] {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    if (file.spells(["nodes", name])) return [];
    const known = nodes.map((one) => one.name);
    return [{ path, message: `"${name}" is not a node${didYouMean(name, known)}; known: ${known.join(", ")}` }];
  }
  const wanted = backends.slice(0, index + 1).filter((one) => one === name).length;
  if (wanted <= node.pods) return [];
  const message = `${name} would need ${wanted} pods for its backends and has ${node.pods}; set its \`pods\`, or name another node`;
  return [{ path, message }];
}
