import { inNamespace, namespacePrefixArgv } from "../exec/namespace/namespace.ts";
import type { LabNode } from "../lab/lab.ts";
import type { RunningPod } from "./dataplane.ts";

/** A pod that is a namespace of its node. */
export function namespacePod(node: LabNode, name: string): RunningPod {
  const namespace = podNamespace(node, name);
  const where = `pod ${name} (netns ${namespace}) on ${node.executor.where}`;
  return {
    name,
    node: node.name,
    executor: inNamespace(node.executor, namespace, where),
    enter: () => node.enter([...namespacePrefixArgv(namespace), "sh"]),
  };
}

/** Name of a pod's namespace on its node. */
export function podNamespace({ namespacePrefix }: LabNode, pod: string): string {
  return `${namespacePrefix}${pod}`;
}
