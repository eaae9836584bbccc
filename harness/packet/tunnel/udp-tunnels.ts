import { uint8 } from "../bytes.ts";
import type { Cursor, Protocol } from "../cursor.ts";
import { looksLikeGeneve } from "./geneve.ts";
import { looksLikeIp } from "./ip-in-udp.ts";
import { looksLikeGpe } from "./vxlan-gpe.ts";
import { looksLikeVxlan } from "./vxlan.ts";
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

/** Services whose answers go to whatever port a client has, maybe one of the above: DNS, DHCP, NTP, SNMP, LDAP, QUIC, syslog. */
const services: ReadonlySet<number> = new Set([53, 67, 68, 123, 161, 162, 389, 443, 514, 853, 5353]);

/** Bytes of the shortest headers below: VXLAN, Geneve, GTP and LISP have 8, GRE and GUE something behind their 4. */
const shortestHeader = 8;

const mark = { destination: 1, either: 2, wireguard: 4 } as const;

/** What the above say of each port, since every datagram is asked. */
const marks = new Uint8Array(0x10000);
for (const port of toPorts.keys()) marks[port] = mark.destination;
for (const port of eitherPorts.keys()) marks[port] = mark.either;
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
  return eitherPorts.get(destination) ?? eitherPorts.get(source);
}

function protocolOfShape(cursor: Cursor): Protocol {
  if (cursor.offset >= cursor.limit) return "payload";
  const first = uint8(cursor.bytes, cursor.offset);
  if ((first === 0x08 || first === 0x88) && looksLikeVxlan(cursor)) return "suspected-vxlan";
  if (first >> 2 === 3 && looksLikeGpe(cursor)) return "suspected-vxlan";
  if (first >= 1 && first <= 4 && looksLikeWireguard(cursor)) return "wireguard";
  if (first < 0x40 && looksLikeGeneve(cursor)) return "geneve";
  if ((first === 0x45 || first >> 4 === 6) && looksLikeIp(cursor)) return "ip-in-udp";
  return "payload";
}
