import { innerIp, transport } from "../packet/form.ts";
import { unreachableName } from "../packet/icmp-error-text.ts";
import { layerLine } from "../packet/packet-lines.ts";
import type { Packet } from "../packet/packet.ts";

/** Who sent an ICMP error, and what it says; missing in packets that are none. */
export function icmpErrorOf(packet: Packet): { readonly from: string; readonly text: string } | undefined {
  const header = transport(packet);
  const ip = innerIp(packet);
  if (ip === undefined || (header?.kind !== "icmp" && header?.kind !== "icmpv6") || !header.isError) return undefined;
  const name = unreachableName(header);
  return { from: ip.source, text: name === undefined ? layerLine(header) : `${layerLine(header)} (${name})` };
}
