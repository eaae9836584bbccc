import { innerIp, transport } from "../packet/form.ts";
import { layerLine } from "../packet/packet-lines.ts";
import type { Packet } from "../packet/packet.ts";

/** Names of codes of "destination unreachable" (IANA ICMP and ICMPv6 parameters). */
const codes4: Readonly<Record<number, string>> = {
  0: "net unreachable",
  1: "host unreachable",
  2: "protocol unreachable",
  3: "port unreachable",
  9: "net prohibited",
  10: "host prohibited",
  13: "administratively prohibited",
};
const codes6: Readonly<Record<number, string>> = {
  0: "no route",
  1: "administratively prohibited",
  3: "address unreachable",
  4: "port unreachable",
};

/** Who sent an ICMP error, and what it says; missing in packets that are none. */
export function icmpErrorOf(packet: Packet): { readonly from: string; readonly text: string } | undefined {
  const header = transport(packet);
  const ip = innerIp(packet);
  if (ip === undefined || (header?.kind !== "icmp" && header?.kind !== "icmpv6") || !header.isError) return undefined;
  const unreachable = header.type === (header.kind === "icmp" ? 3 : 1);
  const name = unreachable ? (header.kind === "icmp" ? codes4 : codes6)[header.code] : undefined;
  return { from: ip.source, text: name === undefined ? layerLine(header) : `${layerLine(header)} (${name})` };
}
