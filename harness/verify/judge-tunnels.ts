import type { LinkFact, NodeFacts } from "../dataplane/dataplane.ts";
import type { ExpectedNodeState, ExpectedTunnel } from "../encap/control-plane.ts";
import { withoutPrefix } from "../topology/address.ts";
import { groupBy } from "../core/group-by.ts";
import { destinationOf } from "../topology/destination.ts";
import { isSameAddress } from "../topology/same-address.ts";

/** One sentence for each thing wrong with tunnel devices, and with FDB and neighbor entries on them. */
export function tunnelTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  const fdb = groupBy(facts.fdb, ({ device, mac }) => `${device} ${mac.toLowerCase()}`);
  const neighbors = groupBy(facts.neighbors, ({ device, address }) => `${device} ${destinationOf(address)}`);
  return [
    ...expected.tunnels.flatMap((tunnel) => deviceTroubles(tunnel, facts)),
    ...expected.idleDevices.flatMap((device) => idleTroubles(device, facts)),
    ...expected.fdb.flatMap((entry) => fdbTroubles(entry, fdb.get(`${entry.device} ${entry.mac}`) ?? [])),
    ...expected.neighbors.flatMap((entry) =>
      neighborTroubles(entry, neighbors.get(`${entry.device} ${destinationOf(entry.address)}`)?.[0]),
    ),
  ];
}

function deviceTroubles(tunnel: ExpectedTunnel, facts: NodeFacts): readonly string[] {
  const link = facts.links.find(({ device }) => device === tunnel.device);
  if (link === undefined) return [`no device ${tunnel.device}`];
  const has = (what: string, wanted: string | number, seen: string | number | undefined): readonly string[] =>
    wanted === seen ? [] : [`${tunnel.device} has ${what} ${seen ?? "none"}, not ${wanted}`];
  return [
    ...(link.up ? [] : [`${tunnel.device} is down`]),
    ...has("kind", tunnel.kind, link.kind),
    ...has("MTU", tunnel.mtu, link.mtu),
    ...addressTroubles(tunnel, link),
    ...vxlanTroubles(tunnel, link, has),
  ];
}

function addressTroubles({ device, address }: ExpectedTunnel, { addresses }: LinkFact): readonly string[] {
  const own = addresses.filter((candidate) => !candidate.startsWith("fe80:"));
  const [wanted = "", prefix] = address.split("/");
  const there = own.some(
    (candidate) => isSameAddress(withoutPrefix(candidate), wanted) && candidate.endsWith(`/${prefix ?? ""}`),
  );
  if (there && own.length === 1) return [];
  return [`${device} has the address ${own.join(" and ") || "none"}, not ${address}`];
}

function vxlanTroubles(
  { device, vxlan: wanted }: ExpectedTunnel,
  { vxlan, mac }: LinkFact,
  has: (what: string, wanted: string | number, seen: string | number | undefined) => readonly string[],
): readonly string[] {
  if (wanted === undefined) return [];
  const sameLocal = vxlan !== undefined && isSameAddress(vxlan.local, wanted.local);
  return [
    ...has("MAC", wanted.mac, mac.toLowerCase()),
    ...has("VNI", wanted.vni, vxlan?.vni),
    ...has("port", wanted.port, vxlan?.port),
    ...(sameLocal ? [] : [`${device} has local address ${vxlan?.local ?? "none"}, not ${wanted.local}`]),
    ...(vxlan?.learning === true ? [`${device} learns addresses from packets (nolearning is missing)`] : []),
  ];
}

/** A device of another mode: vxlan.calico must be gone, tunl0 may stay without IPv4 address (calico-facts 2.2). */
function idleTroubles(device: string, { links }: NodeFacts): readonly string[] {
  const link = links.find((candidate) => candidate.device === device);
  if (link === undefined) return [];
  if (device !== "tunl0") return [`${device} is there, though the mode does not use it`];
  const addresses = link.addresses.filter((address) => !address.includes(":"));
  return addresses.length === 0
    ? []
    : [`tunl0 has the address ${addresses.join(" and ")}, though the mode does not use it`];
}

function fdbTroubles(
  { mac, destination, device }: ExpectedNodeState["fdb"][number],
  own: NodeFacts["fdb"],
): readonly string[] {
  if (own.length === 0) return [`no FDB entry ${mac} dst ${destination} on ${device}`];
  return own
    .filter((entry) => !isSameAddress(entry.destination, destination))
    .map((entry) => `FDB entry ${mac} leads to ${entry.destination}, not ${destination}`);
}

function neighborTroubles(
  { address, mac, device }: ExpectedNodeState["neighbors"][number],
  own: NodeFacts["neighbors"][number] | undefined,
): readonly string[] {
  if (own === undefined) return [`no neighbor ${address} lladdr ${mac} on ${device}`];
  return [
    ...(own.mac.toLowerCase() === mac ? [] : [`neighbor ${address} has ${own.mac || "no MAC"}, not ${mac}`]),
    ...(own.state.includes("PERMANENT") ? [] : [`neighbor ${address} is ${own.state || "nothing"}, not PERMANENT`]),
  ];
}
