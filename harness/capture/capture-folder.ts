import { mkdir, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Scope } from "../core/scope.ts";
import type { CommandResult } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { succeeded } from "../exec/command-error.ts";
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
  let looks: readonly CommandResult[] = [];
  scope.deferWithin("remove the captures' folders on nodes with a file system of their own", async () => {
    await runEverywhere(
      targets.flatMap(({ executor }, index) => {
        const folder = folderIn(looks[index]);
        return folder === undefined ? [] : [{ executor, script: `rm -rf ${shellQuote([folder])}` }];
      }),
    );
  });
  const script = lookScript(beacon);
  looks = await runEverywhere(targets.map(({ executor }) => ({ executor, script })));
  return targets.map(({ node }, index): CapturePlace => {
    const look = looks[index];
    if (look === undefined) throw new RangeError(`nobody looked at node ${node}`);
    const links = succeeded(look).stdout.split("\n").slice(1).join("\n");
    const known = { interfaces: interfaceNames(links), macs: interfaceMacs(links) };
    const folder = folderIn(look);
    return { file: join(folder ?? beacon.folder, `${node}.pcap`), shared: folder === undefined, ...known };
  });
}

/** First "shared", or the folder that was made; then the interfaces. */
function lookScript({ path }: Beacon): string {
  return `if [ -e ${shellQuote([path])} ]
then echo shared
else run=\${ENCAPLAB_RUN:-none:$$}; mktemp -d "/tmp/encaplab-\${run%%:*}.\${run#*:}.XXXXXX" || exit
fi
ip -j link`;
}

function folderIn(look: CommandResult | undefined): string | undefined {
  const [first = ""] = look?.stdout.split("\n") ?? [];
  return first.startsWith("/") ? first : undefined;
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
