import { LabError } from "../../core/errors.ts";
import { succeeded } from "../../exec/command-error.ts";
import { runEverywhere, runScripts } from "../../exec/run-everywhere.ts";
import { isEncrypted, wireguardPriority } from "../../encap/wireguard.ts";
import { packageFor } from "../../lab/host-tools.ts";
import { labNode } from "../../lab/lab-node.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Requirement } from "../dataplane.ts";
import type { EncryptionProgram, NodeProgram } from "../program/node-program.ts";
import { batch, setting } from "./render-script.ts";

/** What WireGuard marks its own packets with, so that the rule lets them pass: one of the bits that Felix takes from its mark mask. */
const ownMark = "0x100000";

/** Nobody can give a device its key without wg(8); Calico itself needs no program for that. */
export async function missingKeyTool({ plan, nodes }: Lab): Promise<readonly Requirement[]> {
  if (!isEncrypted(plan)) return [];
  const answers = await runScripts(nodes.map(({ executor }) => ({ executor, script: "command -v wg || true" })));
  const lacking = nodes.filter((_, index) => answers[index]?.stdout.trim() === "").map(({ name }) => name);
  if (lacking.length === 0) return [];
  return [{ reason: `no wg(8) on ${lacking.join(", ")}`, fix: `install ${packageFor("wg", "debian")} there` }];
}

/**
 * Makes the WireGuard devices, each with a key that is made on its node and never leaves it, and tells every node the public keys of its
 * peers; routes and the rule come last, as in Felix, so that nothing enters a device that knows nobody.
 */
export async function encryptNodes(lab: Lab, programs: readonly NodeProgram[]): Promise<void> {
  const own = programs.filter(({ encryption }) => encryption.length > 0);
  if (own.length === 0) return;
  const placed = (render: (program: NodeProgram) => string) =>
    own.map((program) => ({ executor: labNode(lab, program.node).executor, script: render(program) }));
  const made = await runEverywhere(placed(renderDevices), { stopAtError: true });
  const keys = new Map(own.map(({ node }, index) => [node, publicKeys(made[index]?.stdout ?? "")]));
  for (const result of made) succeeded(result);
  const keyOf = (node: string, device: string): string => {
    const key = keys.get(node)?.get(device);
    if (key === undefined) throw new LabError(`${device} of ${node} has no public key`, { fix: "npm run lab -- down" });
    return key;
  };
  const led = await runEverywhere(
    placed((program) => renderPeers(program, keyOf)),
    { stopAtError: true },
  );
  for (const result of led) succeeded(result);
}

/** Prints each device with its public key. A device that is there keeps its key. */
function renderDevices({ encryption }: NodeProgram): string {
  return encryption
    .flatMap(({ device, mtu, address, port, family }) => [
      `ip link show ${device} >/dev/null 2>&1 || ip link add ${device} type wireguard`,
      `[ "$(wg show ${device} public-key)" != "(none)" ] || wg genkey | wg set ${device} private-key /proc/self/fd/0`,
      `wg set ${device} listen-port ${port} fwmark ${ownMark}`,
      `ip addr replace ${address}/${family === 4 ? 32 : 128} dev ${device}`,
      `ip link set ${device} mtu ${mtu} up`,
      ...(family === 4 ? [setting(`ipv4/conf/${device}/rp_filter=0`)] : []),
      `echo "key ${device} $(wg show ${device} public-key)"`,
    ])
    .join("\n");
}

function publicKeys(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [word, device = "", key = ""] = line.split(" ");
      return word === "key" ? [[device, key] as const] : [];
    }),
  );
}

function renderPeers(program: NodeProgram, keyOf: (node: string, device: string) => string): string {
  return program.encryption
    .flatMap((encryption) => [
      ...encryption.peers.map(({ node, endpoint, allowed }) => {
        const host = endpoint.includes(":") ? `[${endpoint}]` : endpoint;
        const { device, port } = encryption;
        return `wg set ${device} peer ${keyOf(node, device)} endpoint ${host}:${port} allowed-ips ${allowed.join(",")}`;
      }),
      batch(`ip -${encryption.family} -batch -`, routesOf(encryption)),
      ruleLine(encryption),
    ])
    .join("\n");
}

function routesOf({ device, table, peers, thrown }: EncryptionProgram): readonly string[] {
  return [
    ...peers.flatMap(({ allowed }) =>
      allowed.map((destination) => `route replace ${destination} dev ${device} proto 80 table ${table}`),
    ),
    ...thrown.map((destination) => `route replace throw ${destination} proto 80 table ${table}`),
  ];
}

/** Asked before all others (felix/wireguard/wireguard.go addRouteRule); there once, however often this runs. */
function ruleLine({ family, table }: EncryptionProgram): string {
  const rule = `priority ${wireguardPriority} not from all fwmark ${ownMark}/${ownMark} lookup ${table}`;
  return `ip -${family} rule del priority ${wireguardPriority} 2>/dev/null || true; ip -${family} rule add ${rule}`;
}
