import type { Cursor, LinkProtocol, Protocol, TunnelProtocol } from "./cursor.ts";
import { decodeIcmp } from "./icmp.ts";
import { decodeIcmpv6 } from "./icmpv6.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { decodeArp } from "./link/arp.ts";
import { decodeEthernet } from "./link/ethernet.ts";
import { decodeDirectedHdlc, decodeHdlc } from "./link/hdlc.ts";
import { decodeRaw } from "./link/link-type.ts";
import { decodeLlc } from "./link/llc.ts";
import { decodeEnc, decodeLoopback, decodeNflog } from "./link/loopback.ts";
import { decodeMpls } from "./link/mpls.ts";
import { decodeDirectedPpp, decodePpp, decodePppoe } from "./link/ppp.ts";
import { decodeSll } from "./link/sll.ts";
import { decodeSll2 } from "./link/sll2.ts";
import { decodeBackbone, decodeFabricPath, decodeMacsec, decodeNsh, decodeTag, decodeTrill } from "./link/tag.ts";
import { decodeVlan } from "./link/vlan.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeGeneve } from "./tunnel/geneve.ts";
import { decodeGre, decodeGreInUdp } from "./tunnel/gre.ts";
import { decodeGue, decodeIpInUdp } from "./tunnel/ip-in-udp.ts";
import * as ipTunnels from "./tunnel/ip-tunnels.ts";
import { decodeAh, decodeEsp, decodeEspInUdp } from "./tunnel/ipsec.ts";
import { decodeL2tp, decodeL2tpInIp } from "./tunnel/l2tp.ts";
import { decodeMesh } from "./tunnel/mesh.ts";
import { decodeGtp, decodeLisp, decodeTeredo } from "./tunnel/mobile.ts";
import * as overlays from "./tunnel/overlays.ts";
import { decodeStt } from "./tunnel/stt.ts";
import { decodeVxlanGpe } from "./tunnel/vxlan-gpe.ts";
import { decodeSuspectedVxlan, decodeVxlan } from "./tunnel/vxlan.ts";
import { decodeWireguard } from "./tunnel/wireguard.ts";
import { decodeUdpLite } from "./udp-lite.ts";
import { decodeUdp } from "./udp.ts";

type Decoder = (cursor: Cursor) => Protocol;

const link: Readonly<Record<LinkProtocol, Decoder>> = {
  ethernet: decodeEthernet,
  vlan: decodeVlan,
  sll: decodeSll,
  sll2: decodeSll2,
  raw: decodeRaw,
  "bsd-loopback": decodeLoopback,
  enc: decodeEnc,
  nflog: decodeNflog,
  hdlc: decodeHdlc,
  ppp: decodePpp,
  "directed-ppp": decodeDirectedPpp,
  "directed-hdlc": decodeDirectedHdlc,
  llc: decodeLlc,
  mpls: decodeMpls,
  pppoe: decodePppoe,
  tag: decodeTag,
  backbone: decodeBackbone,
  macsec: decodeMacsec,
  nsh: decodeNsh,
  "fabric-path": decodeFabricPath,
  trill: decodeTrill,
  arp: decodeArp,
};

const tunnel: Readonly<Record<TunnelProtocol, Decoder>> = {
  vxlan: decodeVxlan,
  "suspected-vxlan": decodeSuspectedVxlan,
  "vxlan-gpe": decodeVxlanGpe,
  geneve: decodeGeneve,
  gre: decodeGre,
  "gre-in-udp": decodeGreInUdp,
  gtp: decodeGtp,
  l2tp: decodeL2tp,
  "l2tp-in-ip": decodeL2tpInIp,
  lisp: decodeLisp,
  gue: decodeGue,
  stt: decodeStt,
  "mpls-in-udp": ipTunnels.decodeMplsInUdp,
  "mpls-in-ip": ipTunnels.decodeMplsInIp,
  teredo: decodeTeredo,
  "ip-in-udp": decodeIpInUdp,
  etherip: ipTunnels.decodeEtherip,
  "ethernet-in-ip": ipTunnels.decodeEthernetInIp,
  wireguard: decodeWireguard,
  esp: decodeEsp,
  "esp-in-udp": decodeEspInUdp,
  ah: decodeAh,
  openvpn: ipTunnels.decodeOpenvpn,
  capwap: ipTunnels.decodeCapwap,
  amt: overlays.decodeAmt,
  tzsp: overlays.decodeTzsp,
  jmirror: overlays.decodeJmirror,
  ayiya: overlays.decodeAyiya,
  mesh: decodeMesh,
  "dtls-tunnel": ipTunnels.decodeDtlsTunnel,
  "opaque-in-ip": ipTunnels.decodeOpaqueInIp,
  pim: ipTunnels.decodePim,
};

/** Every decoder by the name that others announce it with; the end of a walk has none. */
export const decoders: Readonly<Record<Exclude<Protocol, "payload" | "quoted-ipv4" | "quoted-ipv6">, Decoder>> = {
  ...link,
  ...tunnel,
  ipv4: decodeIpv4,
  ipv6: decodeIpv6,
  udp: decodeUdp,
  "udp-lite": decodeUdpLite,
  tcp: decodeTcp,
  icmp: decodeIcmp,
  icmpv6: decodeIcmpv6,
};
