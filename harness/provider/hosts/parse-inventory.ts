import { z } from "zod";
import { readYaml, type YamlReading } from "../../core/yaml/read-yaml.ts";
import { schemaProblems } from "../../core/yaml/schema-problems.ts";
import type { ValuePath } from "../../core/yaml/value-problem.ts";
import type { Inventory, InventoryHost } from "./inventory.ts";

const text = (what: string) => z.string().min(1, { error: "must not be empty" }).describe(what);

const loginShape = {
  port: z.int().min(1).max(65535).describe("Port of its ssh server; default 22").optional(),
  user: text("User to log in as; default root").optional(),
  key: text("Private key file, relative to this file; default: the ssh agent's keys").optional(),
  become: z.literal("sudo").describe("How the user becomes root: sudo without a password").optional(),
};

const hostShape = {
  address: text("Name or address that ssh connects to"),
  ...loginShape,
  hostKey: z
    .string()
    .regex(/^(SHA256:[A-Za-z0-9+/]{43}=?|(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+( .*)?)$/, {
      error: "neither a fingerprint (SHA256:…) nor a public key (ssh-ed25519 AAAA…)",
    })
    .describe("Fingerprint or public key of its ssh server; default: as known_hosts says")
    .optional(),
  role: z.enum(["node", "router"]).describe("What it is in the topology; only compared with it").optional(),
  subnet: text("Subnet of the topology that a node is in; only compared with it").optional(),
  uplink: text("Device of a node in its subnet; default: the one with the topology's address").optional(),
};

/** Schema of an inventory file: strict, so that a misspelt key is an error and not silence. */
const inventorySchema = z
  .strictObject({
    defaults: z.strictObject(loginShape).describe("What hosts have unless they say otherwise").optional(),
    hosts: z
      .record(z.string(), z.strictObject(hostShape))
      .describe("The machines, each under the name of the topology's node or router that it stands for"),
  })
  .describe("Machines that exist, for encaplab to use as the nodes of a topology");

/** JSON Schema (draft 2020-12) of inventory files, for editors and for `lab schema inventory`. */
export function inventoryJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(inventorySchema, { io: "input" }), title: "encaplab inventory" };
}

type InventoryFile = z.infer<typeof inventorySchema>;

/** Reads the text of an inventory file. Throws one UsageError that lists every problem as `hosts.yaml:7:12 hosts.a1.port: …`. */
export function parseInventory(yaml: string, source: string): Inventory {
  const { hosts, defaults } = readYaml(yaml, source, readInventory, "correct the inventory");
  return { source, hosts: Object.entries(hosts).map(([name, host]) => fill(name, host, defaults)) };
}

function fill(name: string, host: InventoryFile["hosts"][string], defaults: InventoryFile["defaults"]): InventoryHost {
  const given = Object.entries({ port: 22, user: "root", ...defaults, ...host });
  return {
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as InventoryHost),
    name,
  };
}

function readInventory(data: unknown): YamlReading<InventoryFile> {
  const result = inventorySchema.safeParse(data);
  if (!result.success) {
    return { problems: result.error.issues.flatMap((issue) => schemaProblems(issue, data, knownKeys)) };
  }
  if (Object.keys(result.data.hosts).length > 0) return { problems: [], value: result.data };
  return { problems: [{ path: ["hosts"], message: "must not be empty" }] };
}

function knownKeys([section]: ValuePath): readonly string[] {
  if (section === undefined) return ["defaults", "hosts"];
  return Object.keys(section === "defaults" ? loginShape : hostShape);
}
