import { uint16, uint8 } from "../bytes.ts";
import { isThere, type Cursor, type Protocol } from "../cursor.ts";
import { enterTunnel, type TunnelForm } from "./tunnel.ts";

/** An overlay between peers whose packets are encrypted: what its datagrams begin with, beside its port. */
interface Mesh {
  readonly form: TunnelForm;
  readonly name: string;
  readonly looksLike: (cursor: Cursor, arePortsBoth: boolean) => boolean;
}

/*
 * ZeroTier (https://docs.zerotier.com/protocol): packet id (8), addresses of receiver and sender (5 each, never 0xff first), a byte of
 * flags, cipher and hops, MAC (8); a fragment has 0xff in the place of the sender
 */
const zerotier: Mesh = {
  form: "zerotier",
  name: "ZeroTier",
  looksLike: ({ bytes, offset, end, limit }, arePortsBoth) => {
    // Of random bytes half fit: at one of its ports alone only several packets tell.
    if (!arePortsBoth || offset + 19 > limit || end - offset < 16 || uint8(bytes, offset + 8) === 0xff) return false;
    if (uint8(bytes, offset + 13) === 0xff) return true;
    const cipher = (uint8(bytes, offset + 18) >> 3) & 7;
    return end - offset >= 28 && cipher <= 3;
  },
};

/** Nebula (https://github.com/slackhq/nebula, header.go): version 1 and type 1 (a message), no reserved bits; a tag of 16 bytes ends it. */
const nebula: Mesh = {
  form: "nebula",
  name: "Nebula",
  looksLike: (cursor) => {
    const { bytes, offset, end } = cursor;
    return isThere(cursor, 4) && end - offset >= 32 && uint8(bytes, offset) === 0x11 && uint16(bytes, offset + 2) === 0;
  },
};

/** n2n (https://github.com/ntop/n2n): version 2 or 3, hops, flags with the kind of message (3 carries a frame), name of the community. */
const n2n: Mesh = {
  form: "n2n",
  name: "n2n",
  looksLike: (cursor) => {
    const { bytes, offset, end } = cursor;
    if (!isThere(cursor, 4) || end - offset < 36) return false;
    const version = uint8(bytes, offset);
    return (version === 2 || version === 3) && (uint16(bytes, offset + 2) & 0x1f) === 3;
  },
};

/** tinc's data and Weave's sleeve begin with what is encrypted: that both ends have their port tells them. */
const tinc: Mesh = {
  form: "tinc",
  name: "tinc",
  looksLike: ({ offset, end }, arePortsBoth) => arePortsBoth && end - offset >= 24,
};
const weave: Mesh = { ...tinc, form: "weave", name: "Weave sleeve" };

/** By port: ZeroTier's and Nebula's defaults, n2n's supernodes, tinc's (IANA), Weave's (https://github.com/weaveworks/weave). */
const meshes: ReadonlyMap<number, Mesh> = new Map([
  [655, tinc],
  [4242, nebula],
  [6783, weave],
  [7654, n2n],
  [9993, zerotier],
]);

/** Ports of overlays between peers. */
export const meshPorts: readonly number[] = [...meshes.keys()];

/** Whether a datagram with one of their ports is one of such an overlay's; its signaling counts as such too. */
export function looksLikeMesh(cursor: Cursor, source: number, destination: number): boolean {
  const mesh = meshes.get(destination) ?? meshes.get(source);
  return mesh?.looksLike(cursor, source === destination) === true;
}

/** Names the overlay whose datagram it is; all else is encrypted. */
export function decodeMesh(cursor: Cursor): Protocol {
  const carrier = cursor.layers.at(-1);
  if (carrier?.kind !== "udp") return "payload";
  const mesh = meshes.get(carrier.destinationPort) ?? meshes.get(carrier.sourcePort);
  if (mesh !== undefined) enterTunnel(cursor, 0, { form: mesh.form, text: mesh.name, opaque: true });
  return "payload";
}
