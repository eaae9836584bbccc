import { didYouMean } from "../core/closest-name.ts";
import type { ValuePath, ValueProblem } from "../core/yaml/value-problem.ts";
import type { FileFacts } from "./file-facts.ts";
import type { Topology } from "./topology.ts";

/** That a subnet of that name exists. */
export function checkSubnetName(
  topology: Topology,
  file: FileFacts,
  path: ValuePath,
  subnet: string,
): readonly ValueProblem[] {
  // A subnet that was left out for a fault of its own does exist.
  if (file.spells(["subnets", subnet])) return [];
  const known = topology.subnets.map(({ name }) => name);
  return [{ path, message: `"${subnet}" does not exist${didYouMean(subnet, known)}; known: ${known.join(", ")}` }];
}
