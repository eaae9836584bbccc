import { groupBy } from "../core/group-by.ts";
import type { LinkFact, NodeFacts } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState, ExpectedTunnel } from "../encap/control-plane.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { isSameAddress } from "../topology/same-address.ts";
import { deafnessOf } from "./deaf-device.ts";
import { vxlanTroubles } from "./judge-vxlan.ts";
import type { Trouble } from "./trouble.ts";

/** What is wrong with tunnel devices. */
export function deviceTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  return [
    ...expected.tunnels.flatMap((tunnel) => tunnelTroubles(tunnel, facts)),
    ...expected.idleDevices.flatMap((device) => idleTroubles(device, facts)),
  ];
}

/** What is wrong with the FDB entries that lead to other VTEPs. */
export function fdbTroubles({ fdb: expected, tunnels }: ExpectedNodeState, { fdb }: NodeFacts): readonly Trouble[] {
  const devices = new Set(tunnels.map(({ device }) => device));
  const floods = fdb.filter(({ device, mac }) => devices.has(device) && isGroup(mac));
  return [...entryTroubles(expected, fdb), ...floods.map(floodTrouble)];
}

function entryTroubles(expected: ExpectedNodeState["fdb"], fdb: NodeFacts["fdb"]): readonly Trouble[] {
  const there = groupBy(fdb, ({ device, mac }) => `${device} ${mac.toLowerCase()}`);
  return expected.flatMap(({ mac, destination, device }): readonly Trouble[] => {
    const own = there.get(`${device} ${mac}`) ?? [];
    if (own.length === 0) return [{ kind: "FDB", text: `no FDB entry ${mac} dst ${destination} on ${device}` }];
    return own
      .filter((entry) => !isSameAddress(entry.destination, destination) || entry.otherwise !== undefined)
      .map((entry) => ({ kind: "FDB", text: `FDB entry ${mac} leads to ${wayOf(entry)}, not ${destination}` }));
  });
}

/** An entry may name a VNI, a port and a device of its own (bridge(8)): packets do not leave as the VXLAN device's others do. */
function wayOf({ destination, otherwise }: NodeFacts["fdb"][number]): string {
  return otherwise === undefined ? destination : `${destination} ${otherwise}`;
}

/** MACs of groups, and the one that stands for all that has no entry of its own (bridge(8), "fdb append 00:00:00:00:00:00"). */
function isGroup(mac: string): boolean {
  return mac === "00:00:00:00:00:00" || (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

/** Felix makes entries of other nodes' VTEPs alone, and removes all others (felix/vxlanfdb/vxlan_fdb.go). */
function floodTrouble({ mac, destination, device }: NodeFacts["fdb"][number]): Trouble {
  return { kind: "FDB", text: `FDB entry ${mac} on ${device} sends broadcasts to ${destination}: Calico makes none` };
}

/** What is wrong with the permanent neighbors on tunnel devices. */
export function neighborTroubles({ neighbors: expected }: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  const there = groupBy(facts.neighbors, ({ device, address }) => `${device} ${destinationOf(address)}`);
  const trouble = (text: string): Trouble => ({ kind: "neighbor", text });
  return expected.flatMap(({ address, mac, device }): readonly Trouble[] => {
    const own = there.get(`${device} ${destinationOf(address)}`)?.[0];
    if (own === undefined) return [trouble(`no neighbor ${address} lladdr ${mac} on ${device}`)];
    const permanent = own.state.includes("PERMANENT");
    return [
      ...(own.mac.toLowerCase() === mac ? [] : [trouble(`neighbor ${address} has ${own.mac || "no MAC"}, not ${mac}`)]),
      ...(permanent ? [] : [trouble(`neighbor ${address} is ${own.state || "nothing"}, not PERMANENT`)]),
    ];
  });
}

function tunnelTroubles(tunnel: ExpectedTunnel, facts: NodeFacts): readonly Trouble[] {
  const { device } = tunnel;
  const link = facts.links.find((candidate) => candidate.device === device);
  const trouble = (what: string, text: string): Trouble => ({ kind: "device", what, text });
  if (link === undefined) return [trouble("presence", `no device ${device}`)];
  const has = (what: string, wanted: string | number, seen: string | number | undefined): readonly Trouble[] =>
    wanted === seen ? [] : [trouble(what, `${device} has ${what} ${seen ?? "none"}, not ${wanted}`)];
  return [
    ...(link.up ? [] : [trouble("state", `${device} is down`)]),
    // Without details (`-d`) ip(8) does not tell the kind.
    ...(link.kind === "" ? [] : has("kind", tunnel.kind, link.kind)),
    ...has("MTU", tunnel.mtu, link.mtu),
    ...addressTroubles(tunnel, link),
    // Devices of IPIP and WireGuard speak no ARP by nature.
    ...(tunnel.vxlan === undefined ? [] : deafnessOf(link).map(({ what, text }) => trouble(what, text))),
    ...(tunnel.vxlan === undefined ? [] : vxlanTroubles(device, tunnel.vxlan, link)),
  ];
}

function addressTroubles({ device, address }: ExpectedTunnel, link: LinkFact): readonly Trouble[] {
  const { addresses, unaddressed } = link;
  if (unaddressed === true) return [];
  const own = addresses.filter((candidate) => !candidate.startsWith("fe80:"));
  const [wanted = "", prefix] = address.split("/");
  const there = own.some(
    (candidate) => isSameAddress(withoutPrefix(candidate), wanted) && candidate.endsWith(`/${prefix ?? ""}`),
  );
  if (there && own.length === 1) return [];
  const text = `${device} has the address ${own.join(" and ") || "none"}, not ${address}`;
  return [{ kind: "device", what: "address", text }];
}

/** A device of another mode: vxlan.calico must be gone, tunl0 may stay without IPv4 address. */
function idleTroubles(device: string, { links }: NodeFacts): readonly Trouble[] {
  const link = links.find((candidate) => candidate.device === device);
  if (link === undefined) return [];
  const trouble = (text: string): readonly Trouble[] => [{ kind: "device", what: "presence", text }];
  if (device !== "tunl0") return trouble(`${device} is there, though the mode does not use it`);
  const addresses = link.addresses.filter((address) => !address.includes(":"));
  return addresses.length === 0
    ? []
    : trouble(`tunl0 has the address ${addresses.join(" and ")}, though the mode does not use it`);
}
