import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { Inventory } from "./inventory.ts";
import { parseInventory } from "./parse-inventory.ts";

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
