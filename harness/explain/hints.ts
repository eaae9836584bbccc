import { defaultVni } from "../encap/tunnel.ts";
import type { RecordsSummary } from "../packet/file/read-records.ts";
import type { PacketForm } from "../packet/form.ts";
import { encapsulationName, hasVni, idText, type Level } from "../packet/levels.ts";
import { LinkType } from "../packet/link/link-type.ts";
import { calicoWireguardPorts } from "../packet/tunnel/wireguard.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import type { CaptureFacts } from "./capture-facts.ts";
import type { Conversation } from "./conversation.ts";
import type { ConversationTable } from "./conversation-table.ts";
import type { FlowTunnels } from "./flow-tunnels.ts";
import { suspicionHints } from "./suspicion.ts";
import { vniHints } from "./vni.ts";

/** What the notes of a summary are made from. */
export interface HintSources {
  readonly facts: CaptureFacts;
  readonly table: ConversationTable;
  readonly tunnels: FlowTunnels;
  readonly conversations: readonly Conversation[];
  readonly read: RecordsSummary;
  readonly vxlanPorts: readonly number[];
  readonly strip: number;
  readonly notInside: number;
  readonly moreErrors: number;
}

/** Port that Linux uses for VXLAN where nobody says otherwise (drivers/net/vxlan: vxlan_port), Flannel and Cilium too. */
const linuxVxlanPort = 8472;

/** What the reader should know before believing the table, a sentence each. */
export function hintsFor(sources: HintSources): string[] {
  return [
    ...fileHints(sources),
    ...sharedHints(sources),
    ...carrierHints(sources.facts),
    ...vxlanHints(sources),
    ...vniHints(sources.conversations),
    ...opaqueHints(sources.facts),
    ...toldHints(sources.tunnels),
    ...suspicionHints(sources.tunnels.suspicions.all),
    ...cutHints(sources),
    ...fragmentHints(sources.table),
    ...throughNodeHints(sources),
  ];
}

function fileHints({ read, strip, notInside, moreErrors }: HintSources): string[] {
  const { complete, damage } = read;
  return [
    ...(damage === undefined ? [] : [`${damage.message}: what follows was not read`]),
    ...(complete || damage !== undefined
      ? []
      : ["the last record is cut: the capture was still being written, or its disk was full"]),
    ...(notInside === 0
      ? []
      : [`${packets(notInside)} without ${encapsulations(strip)}: left out by --strip ${strip}`]),
    ...(moreErrors === 0 ? [] : [`${moreErrors} further ICMP errors are not listed: they are too many kinds`]),
  ];
}

/** One tunnel around everything is somebody else's, unless it is what Calico makes between two nodes. */
function sharedHints({ facts, conversations }: HintSources): string[] {
  const { shared } = facts.outermost;
  if (shared === undefined || facts.packets === 0) return [];
  const mirrored = conversations.some(isMirrored);
  const isForeign = shared.form === "erspan" || (shared.form === "vxlan" && shared.id !== defaultVni);
  if (shared.opaque || (facts.nested === 0 && !mirrored && !isForeign)) return [];
  const what = hasVni(shared.form)
    ? `VNI ${idText(shared)}`
    : [encapsulationName(shared.form), idText(shared)].join(" ");
  return [
    `all packets are inside ${what.trimEnd()} (${endsOf(shared)}): a mirror or the cloud's own overlay? ` +
      "--strip 1 judges what is inside",
  ];
}

/** A carrier's label or tag is no encapsulation of Calico's, and "plain" behind it is not the whole truth. */
function carrierHints({ carriers }: CaptureFacts): string[] {
  return [...carriers.all].map(
    ([name, count]) =>
      `${packets(count)} behind ${name}, a header of the underlay: forms are those of the IP packets in it`,
  );
}

/** Both directions with the same tunnel's ends, unturned: a mirror sends requests and answers to one collector. */
function isMirrored({ variants }: Conversation): boolean {
  const endsIn = (direction: string) =>
    variants
      .filter((variant) => variant.direction === direction)
      .map(({ outerSource = "", outerDestination = "" }) => `${outerSource} ${outerDestination}`);
  const [there, back] = [endsIn("forward"), endsIn("reverse")];
  return there.length > 0 && back.length > 0 && [...there, ...back].every((ends) => ends === there[0] && ends !== " ");
}

function vxlanHints({ facts, vxlanPorts }: HintSources): string[] {
  const suspected = facts.portsOf.get("suspected-vxlan")?.all ?? new Map<string, number>();
  const silent = [vxlanPort, linuxVxlanPort].filter(
    (port) => !vxlanPorts.includes(port) && facts.hasUdpPort(port) && !suspected.has(String(port)),
  );
  return [
    ...[...suspected].map(
      ([port, count]) => `UDP ${port}: payload of ${packets(count)} begins like VXLAN, try --vxlan-port ${port}`,
    ),
    ...silent.map((port) => `UDP port ${port} is not decoded as VXLAN; if it carries VXLAN, add --vxlan-port ${port}`),
    ...[...facts.mismatches.all].map(([what, count]) => mismatchHint(what, count)),
    ...[...facts.invalid.all].map(([problem, count]) => invalidHint(problem, count, vxlanPorts)),
    ...(facts.groupPolicy === 0
      ? []
      : [`${packets(facts.groupPolicy)} with VXLAN's Group Based Policy (flag G), which Calico does not use`]),
  ];
}

/** "UDP 4789 VXLAN flags 0x12" */
function mismatchHint(what: string, count: number): string {
  const [, port = "", protocol = "", ...reason] = what.split(" ");
  const verb = count === 1 ? "is" : "are";
  return `${packets(count)} to UDP ${port} ${verb} no ${protocol} (${reason.join(" ")})`;
}

function invalidHint(problem: string, count: number, ports: readonly number[]): string {
  const to = `${packets(count)} to UDP ${ports.join(" or ")}`;
  if (problem.startsWith("flag I")) return `${to}: flag I missing: receivers drop these`;
  return `${to}: ${problem} in the VXLAN header: Linux drops these, other receivers may`;
}

/** What stands for itself where nothing inside can be read. */
function opaqueHints({ portsOf }: CaptureFacts): string[] {
  const sentences: readonly (readonly [PacketForm, string])[] = [
    ["esp", "ESP is encrypted: what is inside cannot be read"],
    ["openvpn", "UDP 1194 is OpenVPN's port: what is inside is encrypted"],
    ["capwap", "UDP 5247 carries CAPWAP's frames, which are not decoded"],
    ["zerotier", "UDP 9993 is ZeroTier's port: what is inside is encrypted"],
    ["nebula", "UDP 4242 carries Nebula's messages: what is inside is encrypted"],
    ["n2n", "UDP 7654 carries n2n's frames, which are not decoded"],
    ["tinc", "UDP 655 is tinc's port: what is inside is encrypted"],
    ["weave", "UDP 6783 carries Weave's sleeve, which is not decoded"],
    ["tzsp", "UDP 37008 carries what TZSP mirrors: --strip 1 judges what is inside"],
    ["jmirror", "UDP 30030 carries what a Juniper router mirrors: --strip 1 judges what is inside"],
    ["other-tunnel", "a protocol that carries packets is not decoded: see the column protocol"],
  ];
  const wireguard = portsOf.get("wireguard")?.all;
  const geneve = [...(portsOf.get("geneve")?.all.keys() ?? [])].filter((port) => port !== "6081" && port !== "0");
  return [
    ...(wireguard === undefined ? [] : [wireguardHint([...wireguard.keys()])]),
    ...sentences.filter(([form]) => portsOf.has(form)).map(([, sentence]) => sentence),
    ...geneve.map((port) => `UDP ${port} carries Geneve by its header; its own port is 6081`),
  ];
}

/** Tunnels that a connection told by how it began. */
function toldHints({ told }: FlowTunnels): string[] {
  return [...told.all].map(
    ([tunnel, count]) => `${packets(count)} of ${tunnel}, by how it began: what is inside cannot be read`,
  );
}

function wireguardHint(ports: readonly string[]): string {
  const isCalico = ports.some((port) => calicoWireguardPorts.includes(Number(port)));
  const whose = isCalico ? "; on Calico's port for it, it replaces the pool's encapsulation" : "";
  return `WireGuard is encrypted: what is inside cannot be read${whose}`;
}

/** What a short snapshot length hides. */
function cutHints({ facts: { cutShort }, read }: HintSources): string[] {
  const { UDP: datagrams, TCP: segments } = cutShort;
  const again = `record again with more than ${read.snaplen} bytes of each (tcpdump -s 0)`;
  return [
    ...(datagrams === 0
      ? []
      : [`${packets(datagrams)} of UDP cut before what would tell a tunnel, and called unknown: ${again}`]),
    ...(segments === 0 ? [] : [`${packets(segments)} of TCP cut before what would tell a tunnel in it: ${again}`]),
  ];
}

function fragmentHints({ cutOnTheWay, orphans }: ConversationTable): string[] {
  const { encapsulated } = cutOnTheWay;
  const lost = [...orphans.values()].reduce((sum, parts) => sum + parts, 0);
  const verb = encapsulated === 1 ? "was" : "were";
  return [
    ...(encapsulated === 0
      ? []
      : [
          `${encapsulated} encapsulated packet${plural(encapsulated)} ${verb} fragmented: ` +
            "the underlay's MTU is smaller than the tunnel needs",
        ]),
    ...(lost === 0
      ? []
      : [`${lost} fragment${plural(lost)} without the first part of the packet, which alone tells the form of UDP`]),
  ];
}

function throughNodeHints({ conversations, read }: HintSources): string[] {
  if (!conversations.some(({ throughNode }) => throughNode === true)) return [];
  const type = read.linkType === LinkType.sll ? ` (link type ${LinkType.sll})` : "";
  return [
    `packets were seen on several interfaces of one node, which this format${type} does not distinguish: ` +
      "plain is the pods' side of what is encapsulated",
  ];
}

function endsOf({ source = "?", destination = "?" }: Level): string {
  return `${source} > ${destination}`;
}

function packets(count: number): string {
  return `${count} packet${plural(count)}`;
}

function encapsulations(count: number): string {
  return count === 1 ? "an encapsulation" : `${count} encapsulations`;
}

function plural(count: number): string {
  return count === 1 ? "" : "s";
}
