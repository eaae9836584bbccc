import { LabError } from "../../core/errors.ts";
import { runScripts } from "../../exec/run-everywhere.ts";
import type { Lab } from "../../lab/lab.ts";
import { contains } from "../../topology/address.ts";
import type { Plan } from "../../topology/plan.ts";
import { renderNatRemoval } from "../program/render-nat.ts";
import { tunnelDevices } from "../../encap/identity.ts";
import { wireguardPriority, wireguardTable } from "../../encap/wireguard.ts";
import { batch } from "./render-script.ts";

/** Devices that any mode makes; tunl0 belongs to the kernel and only loses its address. */
const ownDevices = tunnelDevices.filter((device) => device !== "tunl0");

/** Device group for what shall go: the kernel removes a group in one step, which takes less than half as long as one by one. */
const removalGroup = 4096;

/** Takes everything off all nodes that any mode of the reference dataplane could have put there, and proves that it is gone. */
export async function removeFromLab(lab: Lab): Promise<void> {
  const removals = lab.nodes.map(({ executor, name, namespacePrefix }) => {
    const pods = lab.plan.allocation.pods.filter((pod) => pod.node === name);
    const namespaces = pods.map(({ pod }) => `${namespacePrefix}${pod}`);
    const devices = [...pods.map((pod) => pod.hostDevice), ...ownDevices];
    return { executor, script: renderRemoval(namespaces, devices, blocksOf(lab)), names: [...namespaces, ...devices] };
  });
  const results = await runScripts(removals);
  for (const [index, { stdout, where }] of results.entries()) {
    const left = leftovers(stdout, [...(removals[index]?.names ?? []), ...blocksOf(lab)]);
    if (left.length === 0) continue;
    throw new LabError(`the reference dataplane could not be removed: ${left.length} leftovers`, {
      where,
      tail: left.join("\n"),
      fix: "npm run lab -- down",
    });
  }
}

function blocksOf({ plan }: Lab): readonly string[] {
  return [
    ...plan.allocation.nodes.flatMap((allocation) => Object.values(allocation.blocks).flat()),
    ...borrowedIn(plan),
    ...Object.values(plan.topology.services),
  ];
}

/** Addresses of pods and tunnels that are in blocks of other nodes, or of nobody's. */
function borrowedIn({ allocation, families }: Plan): readonly string[] {
  return allocation.nodes.flatMap(({ node, blocks, tunnels }) => {
    const own = families.flatMap((family) => blocks[family] ?? []);
    const pods = allocation.pods
      .filter((pod) => pod.node === node)
      .flatMap(({ addresses }) => Object.values(addresses));
    return [...pods, ...tunnels.map(({ address }) => address)].filter(
      (address) => !own.some((block) => contains(block, address)),
    );
  });
}

/** Deletes without asking what is there (a half-done install is removed too), then lists what is there now. */
function renderRemoval(namespaces: readonly string[], devices: readonly string[], blocks: readonly string[]): string {
  const deletions = [
    ...devices.map((device) => `link set ${device} group ${removalGroup}`),
    `link del group ${removalGroup}`,
    ...namespaces.map((namespace) => `netns del ${namespace}`),
    ...blocks.map((block) => `route del ${block}`),
    "addr flush dev tunl0",
    "link set tunl0 down",
    ...(["-4", "-6"] as const).flatMap((family) => [
      `${family} rule del priority ${wireguardPriority}`,
      `${family} route flush table ${wireguardTable(family === "-4" ? 4 : 6)}`,
    ]),
  ];
  return [
    "ip -force -batch - 2>/dev/null <<'END' || true",
    ...deletions,
    "END",
    batch("nft -f -", [renderNatRemoval(4), renderNatRemoval(6)]),
    batch("ip -br -batch -", ["link", "route", "netns list"]),
    "ip -6 route",
  ].join("\n");
}

function leftovers(listing: string, names: readonly string[]): readonly string[] {
  const known = new Set(names);
  return listing.split("\n").filter((line) => line.split(/[\s@]+/).some((word) => known.has(word)));
}
