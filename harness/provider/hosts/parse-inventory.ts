import { LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import { z } from "zod";
import { UsageError, messageOf } from "../../core/errors.ts";
import { didYouMean } from "../../topology/closest-name.ts";
import { locate, pathText, type Position } from "../../topology/locate.ts";
import { shownValue } from "../../topology/shown-value.ts";
import type { TopologyProblem, ValuePath } from "../../topology/topology-problem.ts";
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
export const inventorySchema = z
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
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { position: { line, column: col }, text: error.message };
  });
  const { problems, file } = syntax.length > 0 ? { problems: [] } : readDocument(document);
  const located = problems.map((problem) => ({
    position: locate(document, lines, problem),
    text: [pathText(problem.path), problem.message].filter((part) => part !== "").join(": "),
  }));
  const all = [...syntax, ...located];
  if (all.length > 0 || file === undefined) throw badInventory(source, all);
  return { source, hosts: Object.entries(file.hosts).map(([name, host]) => fill(name, host, file.defaults)) };
}

function fill(name: string, host: InventoryFile["hosts"][string], defaults: InventoryFile["defaults"]): InventoryHost {
  const given = Object.entries({ port: 22, user: "root", ...defaults, ...host });
  return {
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as InventoryHost),
    name,
  };
}

function readDocument(document: Document): { problems: readonly TopologyProblem[]; file?: InventoryFile } {
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    return { problems: [{ path: [], message: messageOf(error) }] };
  }
  if (data === null) return { problems: [{ path: [], message: "the file is empty" }] };
  const result = inventorySchema.safeParse(data, { reportInput: true });
  if (!result.success) return { problems: result.error.issues.flatMap(problemsOf) };
  if (Object.keys(result.data.hosts).length > 0) return { problems: [], file: result.data };
  return { problems: [{ path: ["hosts"], message: "must not be empty" }] };
}

function problemsOf(issue: z.core.$ZodIssue): TopologyProblem[] {
  const path = issue.path as ValuePath;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  if (issue.input === undefined) return [{ path, message: "missing" }];
  const message = issue.message.replace(/^Invalid (input|option): /, "");
  return [{ path, message: `${shownValue(issue.input)}: ${message}` }];
}

function unknownKey(path: ValuePath): TopologyProblem {
  const known =
    path.length === 1 ? ["defaults", "hosts"] : Object.keys(path[0] === "defaults" ? loginShape : hostShape);
  const hint = didYouMean(String(path.at(-1)), known);
  return { path, atKey: true, message: `unknown key${hint}; known: ${known.join(", ")}` };
}

function badInventory(source: string, problems: readonly { position: Position; text: string }[]): UsageError {
  const inOrder = problems.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const rows = inOrder.map(({ position, text: what }) => `  ${source}:${position.line}:${position.column} ${what}`);
  const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return new UsageError([`${source}: ${count}`, ...rows].join("\n"), { fix: "correct the inventory" });
}
