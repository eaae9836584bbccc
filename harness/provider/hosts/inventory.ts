import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { parseInventory } from "./parse-inventory.ts";

/** One machine that exists, and how to log in to it. */
export interface InventoryHost {
  /** Name of the topology's node or router that it stands for. */
  readonly name: string;
  /** Name or address that ssh connects to; it may differ from the address in the lab. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private key file; missing = the ssh agent's keys. */
  readonly key?: string;
  /** `SHA256:…` or `ssh-ed25519 AAAA…`; missing = as known_hosts says. */
  readonly hostKey?: string;
  readonly role?: "node" | "router";
  /** Name of the topology's subnet that a node is in. */
  readonly subnet?: string;
  /** Device of a node in that subnet; missing = the one with the topology's address. */
  readonly uplink?: string;
  readonly become?: "sudo";
}

/** Machines that exist, to be the nodes and routers of a topology. */
export interface Inventory {
  /** Path of its file, for messages. */
  readonly source: string;
  readonly hosts: readonly InventoryHost[];
}

/** Loads an inventory file. Key files are relative to it; `~/` is the home folder. Throws a UsageError with every problem. */
export async function loadInventory(file: string): Promise<Inventory> {
  const { source, hosts } = parseInventory(await readText(file), file);
  return {
    source,
    hosts: hosts.map((host) => (host.key === undefined ? host : { ...host, key: place(host.key, file) })),
  };
}

function place(key: string, file: string): string {
  if (key.startsWith("~/")) return join(homedir(), key.slice(2));
  return isAbsolute(key) ? key : resolve(dirname(file), key);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(`the inventory ${file} cannot be read`, { cause, fix: "check the path" });
  }
}
