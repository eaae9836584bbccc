import { forms, type ObservedForm } from "../encap/expectation.ts";
import { wrongChecksums } from "../packet/checksum.ts";
import { formOf, innerEthernet, innerIp, outerIp, vxlanOf } from "../packet/form.ts";
import type { IpLayer } from "../packet/layer.ts";
import type { Packet } from "../packet/packet.ts";
import type { HeaderVariant } from "./observation.ts";

/** Headers that packets which look alike have in common: everything but counts, lengths and where to find them. */
export type HeaderShape = Omit<HeaderVariant, "packets" | "overhead" | "firstPacket">;

/** The headers of a packet as an observation tells them; missing where the packet has no readable inner IP header. */
export function shapeOf(packet: Packet): HeaderShape | undefined {
  const inner = innerIp(packet);
  const outer = outerIp(packet);
  if (inner === undefined || outer === undefined) return undefined;
  const form = observedForm(packet);
  const { source, destination, ttl } = inner;
  const fragment = outer.kind === "ipv4" && outer.moreFragments ? ({ fragment: true } as const) : {};
  const tos = tosOf(inner);
  const wrong = wrongChecksums(packet);
  const damage = wrong.length === 0 ? {} : { wrongChecksum: wrong.join(" and ") };
  if (form === "plain") return { form, ...fragment, ...damage, source, destination, ttl, tos };
  const vxlan = form === "vxlan" ? vxlanShape(packet) : undefined;
  const wireguard = form === "wireguard" ? portsOf(packet) : undefined;
  return {
    form,
    ...fragment,
    ...damage,
    outerSource: outer.source,
    outerDestination: outer.destination,
    outerTtl: outer.ttl,
    outerTos: tosOf(outer),
    ...((vxlan === undefined && wireguard === undefined) || hasChecksum(packet) ? {} : { noChecksum: true as const }),
    ...(form === "ipip" && inner.kind === "ipv4" ? { dontFragment: inner.dontFragment } : {}),
    ...(outer.kind === "ipv4" ? { outerDontFragment: outer.dontFragment } : {}),
    ...(vxlan === undefined ? {} : { vxlan }),
    ...(wireguard === undefined ? {} : { wireguard }),
    source,
    destination,
    ttl,
    tos,
  };
}

function tosOf(ip: IpLayer): number {
  return ip.kind === "ipv4" ? ip.tos : ip.trafficClass;
}

/** On a veth the kernel may not have finished the checksum, but it has begun it: 0 stands for none alone. */
function hasChecksum(packet: Packet): boolean {
  const udp = packet.layers.find((layer) => layer.kind === "udp");
  return udp?.checksum !== 0;
}

/** The forms that modes speak of; all further tunnels are one to them, and the packet's lines name which. */
function observedForm(packet: Packet): ObservedForm {
  const form = formOf(packet);
  return forms.find((known) => known === form) ?? "other";
}

/** Equal for packets that look alike. */
export function shapeKey({ form, outerSource, outerDestination, outerTtl, ...rest }: HeaderShape): string {
  const {
    source,
    destination,
    ttl,
    tos,
    vxlan,
    wireguard,
    outerDontFragment,
    dontFragment,
    outerTos,
    noChecksum,
    fragment,
    wrongChecksum = "",
  } = rest;
  const plain = `${form} ${source} ${destination} ${ttl} ${tos ?? ""} ${String(fragment)} ${wrongChecksum}`;
  if (form === "plain") return plain;
  const outer = `${plain} ${outerSource ?? ""} ${outerDestination ?? ""} ${outerTtl ?? ""} ${outerTos ?? ""} ${String(outerDontFragment)} ${String(dontFragment)} ${String(noChecksum)}`;
  if (wireguard !== undefined) return `${outer} ${wireguard.sourcePort} ${wireguard.port}`;
  if (vxlan === undefined) return outer;
  return `${outer} ${vxlan.vni} ${vxlan.port} ${vxlan.flags} ${vxlan.innerSourceMac} ${vxlan.innerDestinationMac}`;
}

function portsOf({ layers }: Packet): HeaderVariant["wireguard"] {
  const udp = layers.find((layer) => layer.kind === "udp");
  return udp === undefined ? undefined : { sourcePort: udp.sourcePort, port: udp.destinationPort };
}

function vxlanShape(packet: Packet): HeaderVariant["vxlan"] {
  const header = vxlanOf(packet);
  const udp = packet.layers.find((layer) => layer.kind === "udp");
  const ethernet = innerEthernet(packet);
  if (header === undefined || udp === undefined || ethernet === undefined) return undefined;
  return {
    vni: header.vni,
    port: udp.destinationPort,
    flags: header.flags,
    innerSourceMac: ethernet.source,
    innerDestinationMac: ethernet.destination,
  };
}
