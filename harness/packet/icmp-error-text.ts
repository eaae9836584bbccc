import { isLaterFragment } from "./form.ts";
import { fragmentationNeeded, IcmpType, type Icmp } from "./icmp.ts";
import { Icmpv6Type, type Icmpv6 } from "./icmpv6.ts";
import { ipProtocolName } from "./ip-protocol.ts";
import type { IpLayer, Layer } from "./layer.ts";
import { encapsulationName, idText, levelsOf, type Level } from "./levels.ts";

/** Codes of "destination unreachable" (IANA ICMP parameters). */
const unreachable4: Readonly<Record<number, string>> = {
  0: "net unreachable",
  1: "host unreachable",
  2: "protocol unreachable",
  3: "port unreachable",
  5: "source route failed",
  6: "net unknown",
  7: "host unknown",
  9: "net prohibited",
  10: "host prohibited",
  11: "net unreachable for this type of service",
  12: "host unreachable for this type of service",
  13: "administratively prohibited",
};

/** Codes of "destination unreachable" (IANA ICMPv6 parameters). */
const unreachable6: Readonly<Record<number, string>> = {
  0: "no route",
  1: "administratively prohibited",
  2: "beyond scope of source address",
  3: "address unreachable",
  4: "port unreachable",
  5: "source address failed policy",
  6: "route rejected",
};

/** What "destination unreachable" means by its code; missing in all other errors. */
export function unreachableName(header: Icmp | Icmpv6): string | undefined {
  if (header.kind === "icmp") return header.type === IcmpType.unreachable ? unreachable4[header.code] : undefined;
  return header.type === Icmpv6Type.unreachable ? unreachable6[header.code] : undefined;
}

/** An ICMP error in words: "fragmentation needed, MTU 1400", "time exceeded in transit". */
export function icmpErrorText(header: Icmp | Icmpv6): string {
  const unreachable = unreachableName(header);
  if (unreachable !== undefined) return unreachable;
  return header.kind === "icmp" ? text4(header) : text6(header);
}

function text4(header: Icmp): string {
  const { type, code } = header;
  switch (type) {
    case IcmpType.unreachable: {
      if (code !== fragmentationNeeded) return `unreachable code ${code}`;
      const mtu = header.nextHopMtu ?? 0;
      // Routers of before RFC 1191 leave the field empty.
      return mtu === 0 ? "fragmentation needed, MTU not given" : `fragmentation needed, MTU ${mtu}`;
    }
    case IcmpType.redirect:
      return `redirect to ${header.gateway}`;
    case IcmpType.timeExceeded:
      return timeExceeded(code);
    case IcmpType.sourceQuench:
      return "source quench";
    default:
      return `parameter problem code ${code}`;
  }
}

function text6(header: Icmpv6): string {
  const { type, code } = header;
  switch (type) {
    case Icmpv6Type.packetTooBig:
      return `packet too big, MTU ${header.nextHopMtu ?? 0}`;
    case Icmpv6Type.timeExceeded:
      return timeExceeded(code);
    case Icmpv6Type.unreachable:
      return `unreachable code ${code}`;
    default:
      return `parameter problem code ${code}`;
  }
}

/** The packet that an error quotes, outermost first: "VXLAN 4096 198.18.1.11 > 198.18.2.11 / 198.19.0.2 > 198.19.0.66 TCP 80". */
export function quotedText(quoted: readonly Layer[]): string {
  const ips = quoted.filter((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
  const inner = ips.at(-1);
  if (inner === undefined) return "a packet that it does not quote";
  const levels = levelsOf(quoted).map(levelText);
  const isCarrier = levels.length > 0 && ips.length <= levels.length;
  return [...levels, ...(isCarrier ? [] : [trafficText(inner, quoted)])].join(" / ");
}

/** One encapsulation with its endpoints: "VXLAN 4096 198.18.1.11 > 198.18.2.11". */
function levelText(level: Level): string {
  const { form, source = "?", destination = "?" } = level;
  return [encapsulationName(form), idText(level), `${source} > ${destination}`].filter((word) => word !== "").join(" ");
}

function trafficText(ip: IpLayer, quoted: readonly Layer[]): string {
  const last = quoted.slice(quoted.lastIndexOf(ip)).find((layer) => layer.kind === "tcp" || layer.kind === "udp");
  const part = isLaterFragment(ip) ? " (a later fragment)" : "";
  // The destination's: what was asked for, or, where an answer was refused, the client's.
  const port = last === undefined ? "" : ` ${last.destinationPort}`;
  return `${ip.source} > ${ip.destination} ${ipProtocolName(ip.protocol)}${port}${part}`;
}

function timeExceeded(code: number): string {
  return code === 1 ? "fragments not put together in time" : "time exceeded in transit";
}
