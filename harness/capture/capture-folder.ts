import { mkdir, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { succeeded } from "../exec/command-error.ts";
import { settleAll } from "../core/settle.ts";
import type { CaptureTarget } from "./capture.ts";

/** Where a node's capture is written, and the names of its interfaces at that moment. */
export interface CapturePlace {
  /** Path on the node. */
  readonly file: string;
  /** True where that path is the same file on this machine. */
  readonly shared: boolean;
  /** Interface index to device name. */
  readonly interfaces: ReadonlyMap<number, string>;
  /** Device name to MAC, lower case; only devices that have one. */
  readonly macs: ReadonlyMap<string, string>;
}

/** A file in the results folder by whose sight a node tells whether it shares this machine's file system. */
export interface Beacon {
  readonly folder: string;
  readonly path: string;
}

/** Makes the folder and puts the beacon into it; removed with the scope. */
export async function lightBeacon(folder: string, scope: Scope): Promise<Beacon> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `.beacon-${randomUUID()}`);
  scope.defer(`remove ${path}`, () => rm(path, { force: true }));
  await writeFile(path, "");
  return { folder, path };
}

/**
 * Looks at all nodes before their captures start, in few processes: do they see the beacon, and which interfaces have they? A
 * node with a file system of its own (container, VM) gets a temporary folder there, removed with the scope.
 */
export async function findPlaces(
  targets: readonly Pick<CaptureTarget, "node" | "executor">[],
  beacon: Beacon,
  scope: Scope,
): Promise<readonly CapturePlace[]> {
  const script = `if [ -e ${shellQuote([beacon.path])} ]; then echo shared; else echo apart; fi; ip -j link`;
  const looks = await runEverywhere(targets.map(({ executor }) => ({ executor, script })));
  return settleAll(
    targets.map(async ({ node, executor }, index): Promise<CapturePlace> => {
      const look = looks[index];
      if (look === undefined) throw new RangeError(`nobody looked at node ${node}`);
      const [sight = "", ...json] = succeeded(look).stdout.split("\n");
      const links = json.join("\n");
      const known = { interfaces: interfaceNames(links), macs: interfaceMacs(links) };
      const name = `${node}.pcap`;
      if (sight === "shared") return { file: join(beacon.folder, name), shared: true, ...known };
      return { file: `${await remoteFolder(executor, scope)}/${name}`, shared: false, ...known };
    }),
  );
}

/** Reads `ip -j link`: index to name. */
export function interfaceNames(json: string): ReadonlyMap<number, string> {
  const links = JSON.parse(json) as readonly { readonly ifindex?: number; readonly ifname?: string }[];
  return new Map(links.flatMap(({ ifindex, ifname }) => (ifindex && ifname ? [[ifindex, ifname] as const] : [])));
}

/** Reads `ip -j link`: name to MAC. */
function interfaceMacs(json: string): ReadonlyMap<string, string> {
  const links = JSON.parse(json) as readonly { readonly ifname?: string; readonly address?: string }[];
  return new Map(
    links.flatMap(({ ifname, address = "" }) =>
      ifname && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(address) ? [[ifname, address.toLowerCase()] as const] : [],
    ),
  );
}

async function remoteFolder(executor: Executor, scope: Scope): Promise<string> {
  const made: { folder?: string } = {};
  scope.defer(`remove the capture's folder on ${executor.where}`, async () => {
    if (made.folder !== undefined) await executor.tryRun(["rm", "-rf", made.folder]);
  });
  const script = 'run=${ENCAPLAB_RUN:-none:$$}; mktemp -d "/tmp/encaplab-${run%%:*}.${run#*:}.XXXXXX"';
  made.folder = (await executor.run(["sh", "-c", script])).stdout.trim();
  return made.folder;
}
