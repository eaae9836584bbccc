import { uint16, uint24, uint8 } from "../bytes.ts";
import { has, isThere, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { firstEtherType, protocolOfEtherType } from "./ether-type.ts";

/*
 * LLC (IEEE 802.2): two service access points and a control byte; SNAP (IEEE 802) where both are 0xaa
 *
 *  +------+------+---------+---------------------------+---------------+----
 *  | DSAP | SSAP | control |  SNAP organization (3)    |  EtherType    | payload
 *  +------+------+---------+---------------------------+---------------+----
 */
const llcLength = 3;
const snapLength = 5;
const snap = 0xaa;
/** 802.2's own number of IP, as old as RFC 948. */
const ipSap = 0x06;

const sapNames: Readonly<Record<number, string>> = {
  0x00: "LLC test",
  0x42: "STP",
  0xe0: "IPX",
  0xf0: "NetBIOS",
  0xfe: "IS-IS",
  0xff: "IPX",
};

/** Decodes LLC, and SNAP behind it. */
export function decodeLlc(cursor: Cursor): Protocol {
  if (!has(cursor, llcLength, "llc")) return "payload";
  const sap = uint8(cursor.bytes, cursor.offset);
  if (sap === snap && uint8(cursor.bytes, cursor.offset + 1) === snap) return decodeSnap(cursor);
  const number = `LLC 0x${sap.toString(16).padStart(2, "0")}`;
  if (sap === ipSap) {
    cursor.layers.push({ kind: "shim", name: "LLC", detail: "service 0x06" });
    cursor.offset += llcLength;
    return "ipv4";
  }
  const name = sapNames[sap];
  return opaque(cursor, name === undefined ? number : `${name} (${number})`);
}

function decodeSnap(cursor: Cursor): Protocol {
  cursor.offset += llcLength;
  if (!has(cursor, snapLength, "snap")) return "payload";
  const organization = uint24(cursor.bytes, cursor.offset);
  const type = uint16(cursor.bytes, cursor.offset + 3);
  const detail = `organization 0x${organization.toString(16).padStart(6, "0")} type 0x${type.toString(16).padStart(4, "0")}`;
  cursor.layers.push({ kind: "shim", name: "SNAP", detail });
  cursor.offset += snapLength;
  // RFC 1042: organization 0 stands for EtherTypes; 0x0000f8 is 802.1H's for the same through a bridge.
  if (organization === 0 || organization === 0xf8) return protocolOfEtherType(cursor, type);
  return protocolOfOrganization(cursor, organization, type);
}

/** RFC 2684, RFC 2427: 0x0080c2 carries whole frames, with or without their checksum. */
function protocolOfOrganization(cursor: Cursor, organization: number, type: number): Protocol {
  if (organization === 0x0080c2 && (type === 0x0001 || type === 0x0007)) {
    // Two bytes of padding stand before the frame on ATM.
    if (isThere(cursor, 16) && uint16(cursor.bytes, cursor.offset + 14) >= firstEtherType) cursor.offset += 2;
    return "ethernet";
  }
  const names: Readonly<Record<number, string>> = { 0x2000: "CDP", 0x2003: "VTP", 0x2004: "DTP", 0x010b: "PVST+" };
  const name = organization === 0x00000c ? names[type] : undefined;
  const number = `SNAP 0x${organization.toString(16).padStart(6, "0")}/0x${type.toString(16).padStart(4, "0")}`;
  return opaque(cursor, name === undefined ? number : `${name} (${number})`);
}
