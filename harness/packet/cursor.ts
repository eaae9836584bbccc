import type { Layer } from "./layer.ts";

/** Which decoder comes next; "payload" ends the walk. */
export type Protocol =
  | LinkProtocol
  | TunnelProtocol
  | "ipv4"
  | "ipv6"
  | "udp"
  | "udp-lite"
  | "tcp"
  | "icmp"
  | "icmpv6"
  | "quoted-ipv4"
  | "quoted-ipv6"
  | "payload";

/** Decoders of what comes before an IP header on a link, in `link/`. */
export type LinkProtocol =
  | "ethernet"
  | "vlan"
  | "sll"
  | "sll2"
  | "raw"
  | "bsd-loopback"
  | "enc"
  | "nflog"
  | "hdlc"
  | "ppp"
  | "directed-ppp"
  | "directed-hdlc"
  | "llc"
  | "mpls"
  | "pppoe"
  | "tag"
  | "backbone"
  | "macsec"
  | "nsh"
  | "fabric-path"
  | "trill"
  | "arp";

/** Decoders of headers that carry packets inside of packets, in `tunnel/`. */
export type TunnelProtocol =
  | "vxlan"
  | "suspected-vxlan"
  | "vxlan-gpe"
  | "geneve"
  | "gre"
  | "gre-in-udp"
  | "gtp"
  | "l2tp"
  | "l2tp-in-ip"
  | "lisp"
  | "gue"
  | "stt"
  | "mpls-in-udp"
  | "mpls-in-ip"
  | "teredo"
  | "ip-in-udp"
  | "etherip"
  | "ethernet-in-ip"
  | "wireguard"
  | "esp"
  | "esp-in-udp"
  | "ah"
  | "openvpn"
  | "capwap"
  | "amt"
  | "tzsp"
  | "jmirror"
  | "ayiya"
  | "mesh"
  | "dtls-tunnel"
  | "opaque-in-ip"
  | "pim";

/** Where a walk through one packet stands. Decoders move it forward, append their layer and say what follows. */
export interface Cursor {
  /** Holds the packet's bytes up to `limit`, and maybe those of others before and behind. */
  readonly bytes: Uint8Array;
  /** Destination ports that carry VXLAN. */
  readonly vxlanPorts: readonly number[];
  /** Ports of servers whose UDP is no tunnel's, whatever port the other end has. */
  readonly plainPorts: readonly number[];
  /** Where the captured bytes of the packet end. */
  readonly limit: number;
  /** First byte that is not decoded yet. */
  offset: number;
  /** End of the enclosing layer by its own length field; beyond `limit` where the capture cut the packet. */
  end: number;
  /** The packet is known to hold only the first part of what is decoded now: a first fragment, a quoted header. */
  partial: boolean;
  /** The walk is through what an ICMP error quotes, which routers may cut behind 8 bytes of TCP (RFC 792). */
  quoting: boolean;
  /** Layers of the packet itself, or those that its ICMP error quotes once the walk is there. */
  layers: Layer[];
  /** A length field that promised more than there is; decoding goes on, the packet tells it at its end. */
  overlong: { readonly protocol: string; readonly reason: string } | undefined;
}

/** Says whether a header's bytes are there; where not, appends the reason as a layer. */
export function has(cursor: Cursor, length: number, protocol: string): boolean {
  const until = cursor.offset + length;
  if (until <= cursor.end && until <= cursor.limit) return true;
  const there = Math.max(0, Math.min(cursor.end, cursor.limit) - cursor.offset);
  const reason = `header needs ${length} bytes, ${there} present`;
  // Cut by the capture (or by fragmentation, or by the quoting router) is no fault of the sender.
  const cut = cursor.partial || until <= cursor.end;
  cursor.layers.push({ kind: cut ? "truncated" : "malformed", protocol, reason });
  return false;
}

/** Says whether bytes from the cursor on were captured and belong to the enclosing layer: for a look ahead. */
export function isThere(cursor: Cursor, length: number): boolean {
  const until = cursor.offset + length;
  return until <= cursor.end && until <= cursor.limit;
}

/** Appends the reason for which bytes that are there make no sense, and ends the walk. */
export function malformed(cursor: Cursor, protocol: string, reason: string): Protocol {
  cursor.layers.push({ kind: "malformed", protocol, reason });
  return "payload";
}

/** Appends the name of what follows and is not decoded, and ends the walk. */
export function opaque(cursor: Cursor, name: string): Protocol {
  cursor.layers.push({ kind: "opaque", name });
  return "payload";
}

/** Appends that bytes at a tunnel's own port are none of its packets, and ends the walk. */
export function mismatch(cursor: Cursor, protocol: string, reason: string): Protocol {
  cursor.layers.push({ kind: "mismatch", protocol, reason });
  return "payload";
}

/** Narrows the walk to what a length field says; a length beyond the enclosing layer is noted, not believed. */
export function narrow(cursor: Cursor, end: number, protocol: string): void {
  if (end <= cursor.end) {
    cursor.end = end;
  } else if (!cursor.partial) {
    cursor.overlong ??= { protocol, reason: `length field exceeds what is there by ${end - cursor.end} bytes` };
  }
}
