import { uint32, uint8 } from "../bytes.ts";
import { has, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { protocolOfIp } from "../ip-protocol.ts";
import { enterTunnel } from "./tunnel.ts";

/** Decodes ESP (RFC 4303) as far as it can be read: SPI and sequence number; all else is encrypted. */
export function decodeEsp(cursor: Cursor): Protocol {
  if (!has(cursor, 8, "esp")) return "payload";
  const spi = uint32(cursor.bytes, cursor.offset);
  const text = `ESP spi ${spiText(spi)} seq ${uint32(cursor.bytes, cursor.offset + 4)}`;
  enterTunnel(cursor, 8, { form: "esp", id: spi, text, opaque: true });
  return "payload";
}

/**
 * Decodes ESP in UDP 4500 (RFC 3948): a first word of 0 is IKE's, one byte a keepalive; both are no packets of others. ESP pads to
 * multiples of 4, and its SPIs below 256 are reserved (RFC 4303 sections 2.4, 2.1): what is otherwise is somebody else's datagram.
 */
export function decodeEspInUdp(cursor: Cursor): Protocol {
  const length = cursor.end - cursor.offset;
  if (length < 8) return "payload";
  if (!has(cursor, 8, "esp")) return "payload";
  const spi = uint32(cursor.bytes, cursor.offset);
  if (spi === 0) return "payload";
  if (spi < 256 || (length % 4 !== 0 && !cursor.partial))
    return mismatch(cursor, "ESP", `${length} bytes, spi ${spiText(spi)}`);
  return "esp";
}

/** Decodes AH (RFC 4302): length in words of 4 bytes, minus 2; signed, not encrypted, so that the walk goes on. */
export function decodeAh(cursor: Cursor): Protocol {
  if (!has(cursor, 12, "ah")) return "payload";
  const { bytes, offset } = cursor;
  const length = (uint8(bytes, offset + 1) + 2) * 4;
  if (!has(cursor, Math.max(12, length), "ah")) return "payload";
  const spi = uint32(bytes, offset + 4);
  enterTunnel(cursor, Math.max(12, length), { form: "ah", id: spi, text: `AH spi ${spiText(spi)}` });
  return protocolOfIp(uint8(bytes, offset));
}

function spiText(spi: number): string {
  return `0x${spi.toString(16).padStart(8, "0")}`;
}
