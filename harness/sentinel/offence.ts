import { describeForm } from "../encap/describe.ts";
import type { ObservedForm } from "../encap/expectation.ts";
import { formBetween } from "../encap/flow.ts";
import type { Mode } from "../encap/mode.ts";
import { isEncryptedBetween, wireguardPort } from "../encap/wireguard.ts";
import { formOf, innerIp, outerIp, vxlanOf } from "../packet/form.ts";
import type { IpLayer } from "../packet/layer.ts";
import { encapsulationName, hasVni, idText, layersBefore, levelsOf } from "../packet/levels.ts";
import type { Packet } from "../packet/packet.ts";
import { vniValidFlag, vxlanPort } from "../packet/tunnel/vxlan.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { AddressBook, Owner } from "./address-book.ts";
import { tagOffence, type Wire } from "./vlan-tag.ts";

/** What a packet is judged by. */
export interface Law {
  readonly mode: Mode;
  /** VXLAN network identifier that packets between nodes must have. */
  readonly vni: number;
  readonly book: AddressBook;
  /** Nodes carry others' traffic too: what nobody can read there may be theirs. */
  readonly shared: boolean;
  /** Addresses of pods, "one other", between which plain packets are sent on purpose. */
  readonly exempt: ReadonlySet<string>;
  /** Where the packet is seen, and the tag that is due there; missing = no tag is right. */
  readonly wire?: Wire;
  /** Ports whose UDP is the probes', beside those of responders: NodePorts. */
  readonly nodePorts?: readonly number[];
}

/** What forbids a packet between nodes, in words that are equal for packets of one kind; undefined where nothing does. Pure. */
export function offenceOf(packet: Packet, law: Law): string | undefined {
  const tag = law.wire && tagOffence(packet, law.wire, law.book);
  if (tag !== undefined) return tag;
  const outer = outerIp(packet);
  const shim = shimOf(packet, law.wire?.vlan);
  if (shim !== undefined) return ofPods(packet, law.book) ? `pod addresses inside ${shim}` : undefined;
  if (outer === undefined) return undefined;
  // Whatever a pod sends is content, be it a tunnel of its own.
  if (law.book.isPods(outer.source) || law.book.isPods(outer.destination)) return plainOffence(outer, law);
  const form = formOf(packet);
  if (form === "plain" || form === "unknown") return undefined;
  if (form === "wireguard" && isEncryptionDue(packet, outer, law)) return undefined;
  const carried = carriedBy(packet);
  if (form === "ipip" || form === "vxlan") return carried && tunnelOffence(packet, form, outer, carried, law);
  const [level] = levelsOf(packet.layers);
  const name =
    level === undefined
      ? form
      : `${encapsulationName(level.form)}${hasVni(level.form) ? ` of VNI ${idText(level)}` : ""}`;
  if (ofPods(packet, law.book)) return `pod addresses inside ${name}`;
  const unreadable = level?.opaque === true || carried === undefined;
  return unreadable && !law.shared ? `${name}, whose content cannot be read` : undefined;
}

/** VLAN tags and whatever else stands between Ethernet and IP: the name of what no wire of a lab has, beside the tag that is due. */
function shimOf({ layers }: Packet, due: number | undefined): string | undefined {
  const end = layers.findIndex(({ kind }) => kind === "ipv4" || kind === "ipv6");
  const begin = due !== undefined && layers[1]?.kind === "vlan" && layers[1].id === due ? 2 : 0;
  const shims = layers.slice(begin, Math.max(begin, end)).flatMap((layer) => {
    if (layer.kind === "vlan") return [`VLAN ${layer.id}`];
    return layer.kind === "shim" ? [`${layer.name} ${layer.detail}`.trimEnd()] : [];
  });
  return shims.length === 0 ? undefined : shims.join(" in ");
}

function ofPods({ layers }: Packet, book: AddressBook): boolean {
  return layers.some(
    (layer) =>
      (layer.kind === "ipv4" || layer.kind === "ipv6") && (book.isPods(layer.source) || book.isPods(layer.destination)),
  );
}

function plainOffence(ip: IpLayer, law: Law): string | undefined {
  const { source, destination } = ip;
  const due = dueForm(source, destination, law);
  if (due === undefined || due.form === "plain" || law.exempt.has(`${source} ${destination}`)) return undefined;
  return due.form === "none"
    ? `plain packets between addresses of ${due.from.node.name}, which must not leave it`
    : `plain packets from ${due.from.node.name} to ${due.to.node.name}, where ${describeForm(due.form)} is due`;
}

function tunnelOffence(
  packet: Packet,
  form: "ipip" | "vxlan",
  outer: IpLayer,
  carried: IpLayer,
  law: Law,
): string | undefined {
  if (!law.book.isPods(carried.source) && !law.book.isPods(carried.destination)) return undefined;
  const due = dueForm(carried.source, carried.destination, law);
  const name = describeForm(form);
  if (due === undefined) return undefined;
  const way = `from ${due.from.node.name} to ${due.to.node.name}`;
  if (due.form !== form)
    return `${name} ${way}, ${due.form === "none" ? "which is one node" : `where ${describeForm(due.form)} is due`}`;
  const family = outer.kind === "ipv4" ? 4 : 6;
  const ends = [due.from.node.addresses[family] ?? "", due.to.node.addresses[family] ?? ""] as const;
  if (!isSameAddress(ends[0], outer.source) || !isSameAddress(ends[1], outer.destination))
    return `${name} between ${outer.source} and ${outer.destination} with packets ${way}`;
  return form === "vxlan" ? foreignVxlan(packet, law) : undefined;
}

/** Between two nodes that encrypt, from port to port: what is inside nobody can read, and nothing else may carry it. */
function isEncryptionDue({ layers }: Packet, { kind, source, destination }: IpLayer, { book }: Law): boolean {
  const [from, to] = [book.ownerOf(source), book.ownerOf(destination)];
  const udp = layers.find((layer) => layer.kind === "udp");
  const port = wireguardPort(kind === "ipv4" ? 4 : 6);
  if (from === undefined || to === undefined || from.inBlock || to.inBlock || from.node === to.node) return false;
  return isEncryptedBetween(from.node, to.node) && udp?.sourcePort === port && udp.destinationPort === port;
}

function foreignVxlan(packet: Packet, { vni }: Law): string | undefined {
  const header = vxlanOf(packet);
  const udp = packet.layers.find((layer) => layer.kind === "udp");
  if (header === undefined || udp === undefined) return undefined;
  const { destinationPort } = udp;
  if (header.vni === vni && header.flags === vniValidFlag && destinationPort === vxlanPort) return undefined;
  const flags = header.flags === vniValidFlag ? "" : ` with flags 0x${header.flags.toString(16)}`;
  return `VXLAN of VNI ${header.vni} on port ${destinationPort}${flags}, not VNI ${vni} on port ${vxlanPort}`;
}

/** The form that packets between two addresses must have; undefined where one of them is nobody's here. */
function dueForm(
  source: string,
  destination: string,
  { mode, book }: Law,
): { readonly form: ObservedForm | "none"; readonly from: Owner; readonly to: Owner } | undefined {
  const [from, to] = [book.ownerOf(source), book.ownerOf(destination)];
  if (from === undefined || to === undefined) return undefined;
  const family = destination.includes(":") ? 6 : 4;
  return { form: formBetween(mode, family, from.node, to.node, to.inBlock ? destination : undefined), from, to };
}

/** The IP header right inside of the outermost tunnel. */
function carriedBy(packet: Packet): IpLayer | undefined {
  const before = layersBefore(packet.layers, 1);
  const inside = before === undefined ? undefined : packet.layers.slice(before).find(isIp);
  return inside ?? innerIp(packet);
}

function isIp(layer: Packet["layers"][number]): layer is IpLayer {
  return layer.kind === "ipv4" || layer.kind === "ipv6";
}
