import { z } from "zod";
import type { ValuePath } from "../../core/yaml/value-problem.ts";

const text = (what: string) => z.string().min(1, { error: "must not be empty" }).describe(what);

const loginShape = {
  port: z.int().min(1).max(65535).describe("Port of its ssh server; default 22").exactOptional(),
  user: text("User to log in as; default root").exactOptional(),
  key: text("Private key file, relative to this file; default: the ssh agent's keys").exactOptional(),
  become: z.literal("sudo").describe("How the user becomes root: sudo without a password").exactOptional(),
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
    .exactOptional(),
  role: z.enum(["node", "router"]).describe("What it is in the topology; only compared with it").exactOptional(),
  subnet: text("Subnet of the topology that a node is in; only compared with it").exactOptional(),
  uplink: text("Device of a node in its subnet; default: the one with the topology's address").exactOptional(),
};

const hostSchema = z.strictObject(hostShape);

/** Schema of an inventory file: strict, so that a misspelled key is an error and not silence. */
export const inventorySchema = z
  .strictObject({
    defaults: z.strictObject(loginShape).describe("Defaults of all hosts").exactOptional(),
    hosts: z
      .record(z.string(), hostSchema)
      .describe("The machines, each under the name of the topology's node or router that it stands for"),
  })
  .describe("Existing machines for encaplab to use as the nodes of a topology");

/** JSON Schema (draft 2020-12) of inventory files, for editors and for `lab schema inventory`. */
export function inventoryJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(inventorySchema, { io: "input" }), title: "encaplab inventory" };
}

export type InventoryFile = z.infer<typeof inventorySchema>;

/** One machine that exists, and how to log in to it: named like the topology's node or router that it stands for. */
export type InventoryHost = z.infer<typeof hostSchema> & {
  readonly name: string;
  readonly port: number;
  readonly user: string;
};

/** Machines that exist, to be the nodes and routers of a topology. */
export interface Inventory {
  /** Path of its file, for messages. */
  readonly source: string;
  readonly hosts: readonly InventoryHost[];
}

/** The keys that a place in an inventory file may have. */
export function knownKeys([section]: ValuePath): readonly string[] {
  if (section === undefined) return ["defaults", "hosts"];
  return Object.keys(section === "defaults" ? loginShape : hostShape);
}
