import { readYaml, type YamlReading } from "../../core/yaml/read-yaml.ts";
import { schemaProblems } from "../../core/yaml/schema-problems.ts";
import { inventorySchema, knownKeys, type Inventory, type InventoryFile, type InventoryHost } from "./inventory.ts";

/** Reads the text of an inventory file. Throws one UsageError that lists every problem as `hosts.yaml:7:12 hosts.a1.port: …`. */
export function parseInventory(yaml: string, source: string): Inventory {
  const { hosts, defaults } = readYaml(yaml, source, readInventory, "correct the inventory");
  return { source, hosts: Object.entries(hosts).map(([name, host]) => fill(name, host, defaults)) };
}

function fill(name: string, host: InventoryFile["hosts"][string], defaults: InventoryFile["defaults"]): InventoryHost {
  return { port: 22, user: "root", ...defaults, ...host, name };
}

function readInventory(data: unknown): YamlReading<InventoryFile> {
  const result = inventorySchema.safeParse(data);
  if (!result.success) {
    return { problems: result.error.issues.flatMap((issue) => schemaProblems(issue, data, knownKeys)) };
  }
  if (Object.keys(result.data.hosts).length > 0) return { problems: [], value: result.data };
  return { problems: [{ path: ["hosts"], message: "must not be empty" }] };
}
