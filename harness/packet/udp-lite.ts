import { uint16 } from "./bytes.ts";
import { has, type Cursor, type Protocol } from "./cursor.ts";
import { protocolInUdp } from "./tunnel/udp-tunnels.ts";

/** UDP-Lite (RFC 3828): UDP's header, with the part that the checksum covers in the place of the length. */
const headerLength = 8;

/** Decodes UDP-Lite, which may carry what UDP carries, on the same ports. */
export function decodeUdpLite(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "udp-lite")) return "payload";
  const { bytes, offset } = cursor;
  const [source, destination] = [uint16(bytes, offset), uint16(bytes, offset + 2)];
  cursor.layers.push({ kind: "shim", name: "UDP-Lite", detail: `${source} > ${destination}` });
  cursor.offset = offset + headerLength;
  return cursor.vxlanPorts.includes(destination) ? "vxlan" : protocolInUdp(cursor, source, destination);
}
