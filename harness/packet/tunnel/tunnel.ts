import type { Cursor } from "../cursor.ts";

/** Encapsulations beside VXLAN and IP directly in IP, by the word that stands for each in tables and in JSON. */
export type TunnelForm =
  | "gre"
  | "gretap"
  | "erspan"
  | "geneve"
  | "vxlan-gpe"
  | "invalid-vxlan"
  | "suspected-vxlan"
  | "wireguard"
  | "esp"
  | "ah"
  | "l2tp"
  | "gtp"
  | "lisp"
  | "gue"
  | "stt"
  | "mpls-in-udp"
  | "mpls-in-ip"
  | "ip-in-udp"
  | "teredo"
  | "etherip"
  | "openvpn"
  | "capwap"
  | "amt"
  | "tzsp"
  | "jmirror"
  | "ayiya"
  | "zerotier"
  | "nebula"
  | "n2n"
  | "tinc"
  | "weave"
  | "other-tunnel";

/** Header of a packet that carries another packet, readable or not. */
export interface Tunnel {
  readonly kind: "tunnel";
  readonly form: TunnelForm;
  /** VNI, GRE key, ERSPAN session, TEID, SPI …: what tells two tunnels between the same endpoints apart. */
  readonly id: number | undefined;
  /** "Geneve vni 4096": for people. */
  readonly text: string;
  /** What follows is encrypted, or its form is not known: no inner header can be read. */
  readonly opaque: boolean;
}

/** Appends a tunnel's header and moves behind it. */
export function enterTunnel(
  cursor: Cursor,
  length: number,
  tunnel: { readonly form: TunnelForm; readonly id?: number; readonly text: string; readonly opaque?: true },
): void {
  const { form, id, text, opaque = false } = tunnel;
  cursor.layers.push({ kind: "tunnel", form, id, text, opaque });
  cursor.offset += length;
}
