import { uint16, uint32, uint8 } from "../bytes.ts";
import { isThere, type Cursor, type Protocol } from "../cursor.ts";
import { enterTunnel } from "./tunnel.ts";

/*
 * WireGuard (https://www.wireguard.com/protocol/), little endian: type, three zeros, then
 *
 *  1 handshake initiation  148 bytes in all        3 cookie reply     64 bytes in all
 *  2 handshake response     92 bytes in all        4 transport data   receiver (4), counter (8), data and its tag (16 + 16 n)
 */
const type = { initiation: 1, response: 2, cookie: 3, data: 4 } as const;
const lengths: Readonly<Record<number, number>> = { [type.initiation]: 148, [type.response]: 92, [type.cookie]: 64 };
const names: Readonly<Record<number, string>> = {
  [type.initiation]: "handshake initiation",
  [type.response]: "handshake response",
  [type.cookie]: "cookie reply",
};

/** Calico's ports: 51820 for IPv4, 51821 for IPv6 (felix/config/config_params.go WireguardListeningPort, ...PortV6). */
export const calicoWireguardPorts: readonly number[] = [51820, 51821];

/** Whether UDP's payload is one of WireGuard's messages, on any port: by type, zeros, and length or counter. */
export function looksLikeWireguard(cursor: Cursor): boolean {
  if (!isThere(cursor, 16)) return false;
  const { bytes, offset, end } = cursor;
  const kind = uint8(bytes, offset);
  if (kind < type.initiation || kind > type.data || uint16(bytes, offset + 1) !== 0 || uint8(bytes, offset + 3) !== 0)
    return false;
  const length = end - offset;
  if (kind !== type.data) return length === lengths[kind];
  // A counter beyond 2^48 would take a year at a million packets a second: what has one is somebody else's.
  return (cursor.partial || (length >= 32 && length % 16 === 0)) && uint16(bytes, offset + 14) === 0;
}

/** Decodes WireGuard as far as it can be read: kind of message and receiver; all else is encrypted. */
export function decodeWireguard(cursor: Cursor): Protocol {
  const { bytes, offset } = cursor;
  const kind = uint8(bytes, offset);
  const receiver = littleEndian(uint32(bytes, offset + 4));
  const isData = kind === type.data;
  const text = isData ? `transport data, receiver 0x${receiver.toString(16).padStart(8, "0")}` : (names[kind] ?? "");
  enterTunnel(cursor, isData ? 16 : 0, { form: "wireguard", text: `WireGuard ${text}`, opaque: true });
  return "payload";
}

function littleEndian(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24)) >>> 0;
}
