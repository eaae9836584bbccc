import { readYaml, type YamlReading } from "../core/yaml/read-yaml.ts";
import { valueAt, type ValuePath } from "../core/yaml/value-problem.ts";
import { checkShape } from "./check-shape.ts";
import { fillTopology } from "./fill-topology.ts";
import type { Topology } from "./topology.ts";
import { validateTopology } from "./validate.ts";

const fix = "correct the file; topologies/README.md shows working ones, `npm run lab -- schema` prints the schema";

/**
 * Reads the text of a topology file. `source` is its path in messages, `fallbackName` the topology's name where the file
 * gives none. Throws one UsageError that lists every problem as `file.yaml:7:12 subnets.rack-b.cidr: …`.
 */
export function parseTopology(text: string, source: string, fallbackName: string): Topology {
  return readYaml(text, source, (data) => readTopology(data, source, fallbackName), fix);
}

function readTopology(data: unknown, source: string, fallbackName: string): YamlReading<Topology> {
  const shape = checkShape(data);
  if (shape.file === undefined) return { problems: shape.problems };
  const topology = fillTopology(shape.file, source, fallbackName);
  const spells = (path: ValuePath) => valueAt(data, path) !== undefined;
  const meaning = validateTopology(topology, { spells, entriesCut: shape.entriesCut });
  return { problems: [...shape.problems, ...meaning], value: topology };
}
