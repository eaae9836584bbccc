import { uint8 } from "../bytes.ts";
import type { Cursor, Protocol } from "../cursor.ts";
import { looksLikeGeneve } from "./geneve.ts";
import { looksLikeGre } from "./gre.ts";
import { looksLikeGue } from "./ip-in-udp.ts";
import { looksLikeDtlsData, looksLikeMplsInUdp } from "./ip-tunnels.ts";
import { looksLikeL2tp } from "./l2tp.ts";
import { looksLikeMesh, meshPorts } from "./mesh.ts";
import { looksLikeGtp } from "./mobile.ts";
import { looksLikeAmt, looksLikeAyiya, looksLikeJmirror, looksLikeTzsp } from "./overlays.ts";
import { looksLikeGpe } from "./vxlan-gpe.ts";
import { looksLikeVxlan } from "./vxlan.ts";
import { isWholeIp } from "./whole-ip.ts";
import { calicoWireguardPorts, looksLikeWireguard, protocolAtWireguardPort } from "./wireguard.ts";

/** Destination ports of tunnels whose source ports are spread for ECMP (IANA). */
const toPorts: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [4341, "lisp"],
  // GRE in UDP, RFC 8086
  [4754, "gre-in-udp"],
  [4790, "vxlan-gpe"],
  [6080, "gue"],
  [6081, "geneve"],
  [6635, "mpls-in-udp"],
]);

/** Ports of tunnels that answer from where they were asked (IANA). */
const eitherPorts: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [1194, "openvpn"],
  [1701, "l2tp"],
  [2152, "gtp"],
  [3544, "teredo"],
  [4500, "esp-in-udp"],
  [5247, "capwap"],
]);

/** Ports of tunnels whose packets can be told by how they begin (IANA; TZSP's and Juniper's as they come); else shapes decide. */
const ownShapes: ReadonlyMap<number, readonly [Protocol, (cursor: Cursor) => boolean]> = new Map<
  number,
  readonly [Protocol, (cursor: Cursor) => boolean]
>([
  [2268, ["amt", looksLikeAmt]],
  [4755, ["dtls-tunnel", looksLikeDtlsData]],
  [5072, ["ayiya", looksLikeAyiya]],
  [6636, ["dtls-tunnel", looksLikeDtlsData]],
  [30030, ["jmirror", looksLikeJmirror]],
  [37008, ["tzsp", looksLikeTzsp]],
]);

/** Services whose answers go to whatever port a client has, maybe one of the above: DNS, DHCP, NTP, SNMP, LDAP, QUIC, syslog. */
const services: ReadonlySet<number> = new Set([53, 67, 68, 123, 161, 162, 389, 443, 514, 853, 5353]);

/** Bytes of the shortest headers below: VXLAN, Geneve, GTP and LISP have 8, GRE and GUE something behind their 4. */
const shortestHeader = 8;

const mark = { destination: 1, either: 2, wireguard: 4, shape: 8, mesh: 16 } as const;

/** What the above say of each port, since every datagram is asked. */
const marks = new Uint8Array(0x10000);
for (const port of toPorts.keys()) marks[port] = mark.destination;
for (const port of eitherPorts.keys()) marks[port] = mark.either;
for (const port of ownShapes.keys()) marks[port] = mark.shape;
for (const port of meshPorts) marks[port] = mark.mesh;
for (const port of calicoWireguardPorts) marks[port] = mark.wireguard;

/**
 * The tunnel that a datagram belongs to, by its ports or by how its payload begins; the cursor stands at the payload. Shapes are
 * looked for on any port: two nodes of Flannel or Weave, or a WireGuard on a port of its own, must not pass for plain.
 */
export function protocolInUdp(cursor: Cursor, source: number, destination: number): Protocol {
  // No header of a tunnel is shorter: what is sent to its port all the same is a probe of the port.
  if (cursor.end - cursor.offset < shortestHeader && !cursor.partial) return "payload";
  const known = (marks[source] ?? 0) | (marks[destination] ?? 0);
  if (known === 0) return protocolOfShape(cursor);
  if (cursor.plainPorts.includes(source) || cursor.plainPorts.includes(destination)) return "payload";
  return protocolOfPorts(cursor, source, destination) ?? protocolOfShape(cursor);
}

function protocolOfPorts(cursor: Cursor, source: number, destination: number): Protocol | undefined {
  const [from, to] = [marks[source] ?? 0, marks[destination] ?? 0];
  if (((from | to) & mark.wireguard) !== 0) {
    const atPort = protocolAtWireguardPort(cursor, (from & to & mark.wireguard) !== 0);
    if (atPort !== undefined) return atPort;
  }
  if ((to & mark.destination) !== 0) return toPorts.get(destination);
  if (services.has(source) || services.has(destination)) return undefined;
  if (((from | to) & mark.shape) !== 0) {
    const [protocol, looksLike] = ownShapes.get(destination) ?? ownShapes.get(source) ?? [];
    if (looksLike?.(cursor) === true) return protocol;
  }
  if (((from | to) & mark.mesh) !== 0 && looksLikeMesh(cursor, source, destination)) return "mesh";
  return eitherPorts.get(destination) ?? eitherPorts.get(source);
}

function protocolOfShape(cursor: Cursor): Protocol {
  if (cursor.offset >= cursor.limit) return "payload";
  const first = uint8(cursor.bytes, cursor.offset);
  if ((first === 0x08 || first === 0x88) && looksLikeVxlan(cursor)) return "suspected-vxlan";
  if (first >> 2 === 3 && looksLikeGpe(cursor)) return "suspected-vxlan";
  if (first >= 1 && first <= 4 && looksLikeWireguard(cursor)) return "wireguard";
  if (first < 0x40 && looksLikeGeneve(cursor)) return "geneve";
  if ((first >> 4 === 4 || first >> 4 === 6) && isWholeIp(cursor)) return "ip-in-udp";
  if (first === 0x00 && looksLikeL2tp(cursor)) return "l2tp";
  if (first === 0x30 && looksLikeGtp(cursor)) return "gtp";
  if ((first & 0x4f) === 0 && looksLikeGre(cursor)) return "gre";
  if (first < 0x20 && looksLikeGue(cursor)) return "gue";
  return looksLikeMplsInUdp(cursor) ? "mpls-in-udp" : "payload";
}
