import {
  ConversationTable,
  type Conversation,
  type ConversationVariant,
  type OtherTraffic,
} from "./conversation-table.ts";
import type { FormCounts, PacketForm } from "./form.ts";
import { readCapture, type ReadCaptureOptions } from "./read-capture.ts";
import { tableLines } from "./table-lines.ts";

export type { Conversation, ConversationVariant, OtherTraffic } from "./conversation-table.ts";

/** What a capture holds, as a value that can be printed as JSON. */
export interface CaptureSummary {
  readonly file: string;
  readonly packets: number;
  /** Bytes on the wire, also of what the snapshot length cut. */
  readonly bytes: number;
  readonly linkType: number;
  readonly snaplen: number;
  readonly complete: boolean;
  /** Seconds since the epoch; missing in a capture without packets. */
  readonly firstSeconds?: number;
  readonly lastSeconds?: number;
  readonly vxlanPorts: readonly number[];
  /** IP packets by form. */
  readonly forms: FormCounts;
  /** In the order of their first packets. */
  readonly conversations: readonly Conversation[];
  readonly other: OtherTraffic;
  /** What the reader should know before believing the table. */
  readonly hints: readonly string[];
}

/** Port that Linux uses for VXLAN where nobody says otherwise (drivers/net/vxlan: vxlan_port), Flannel and Cilium too. */
const linuxVxlanPort = 8472;

/** Explains any capture: who talks to whom, in which form, and what the encapsulation costs. */
export async function explainCapture(path: string, options: ReadCaptureOptions = {}): Promise<CaptureSummary> {
  const table = new ConversationTable();
  const read = await readCapture(path, options, (packet) => {
    table.add(packet);
  });
  const vxlanPorts = options.vxlanPorts ?? [4789];
  const { firstSeconds, lastSeconds } = table;
  return {
    file: path,
    packets: read.packets,
    bytes: table.bytes,
    linkType: read.linkType,
    snaplen: read.snaplen,
    complete: read.complete,
    ...(firstSeconds === undefined ? {} : { firstSeconds }),
    ...(lastSeconds === undefined ? {} : { lastSeconds }),
    vxlanPorts,
    forms: table.forms,
    conversations: table.conversations(),
    other: table.other,
    hints: hintsFor(table, read.complete, vxlanPorts),
  };
}

function hintsFor(table: ConversationTable, complete: boolean, vxlanPorts: readonly number[]): string[] {
  const hints: string[] = [];
  if (!complete) hints.push("the last record is cut: the capture was still being written, or its disk was full");
  const suspect = [4789, linuxVxlanPort].filter((port) => !vxlanPorts.includes(port) && table.udpPorts.has(port));
  for (const port of suspect) {
    hints.push(`UDP port ${port} is not decoded as VXLAN; where it is, say so: --vxlan-port ${port}`);
  }
  return hints;
}

/** Writes a summary for people. */
export function renderSummary(summary: CaptureSummary): string {
  const { forms, conversations, firstSeconds, lastSeconds } = summary;
  const seconds = firstSeconds === undefined || lastSeconds === undefined ? 0 : lastSeconds - firstSeconds;
  const shown = (Object.keys(forms) as PacketForm[]).filter((form) => (forms[form] ?? 0) > 0);
  return [
    `${summary.file}: ${count(summary.packets, "packet")}, ${count(summary.bytes, "byte")} in ${seconds.toFixed(3)} s`,
    `forms     ${shown.map((form) => `${form} ${forms[form] ?? 0}`).join(", ") || "no IP packets"}`,
    ...otherLine(summary.other),
    ...summary.hints.map((hint) => `note      ${hint}`),
    ...(conversations.length === 0 ? [] : ["", ...conversationLines(conversations)]),
  ].join("\n");
}

function conversationLines(conversations: readonly Conversation[]): string[] {
  const withInterface = conversations.some((conversation) => conversation.interfaceIndex !== undefined);
  const head = ["conversation", "protocol", "form", "outer", "vni", "packets", "bytes", "overhead", ""];
  const rows = conversations.flatMap((conversation) =>
    conversation.variants.map((variant, index) => [
      ...(withInterface ? [String(conversation.interfaceIndex ?? "")] : []),
      variant.direction === "forward"
        ? `${conversation.a} > ${conversation.b}`
        : `${conversation.b} > ${conversation.a}`,
      conversation.protocol + (conversation.port === undefined ? "" : ` ${conversation.port}`),
      variant.form,
      variant.outerSource === undefined ? "" : `${variant.outerSource} > ${variant.outerDestination ?? ""}`,
      variant.vni === undefined ? "" : String(variant.vni),
      String(variant.packets),
      String(variant.bytes),
      overheadText(variant),
      index === 0 ? marks(conversation) : "",
    ]),
  );
  return tableLines([withInterface ? ["if", ...head] : head, ...rows]);
}

function overheadText(variant: ConversationVariant): string {
  if (variant.overheadBytes === 0) return "0";
  return `${variant.overheadBytes} (${(variant.overheadBytes / variant.packets).toFixed(0)} each)`;
}

function marks(conversation: Conversation): string {
  const words = [
    conversation.asymmetric ? "ASYMMETRIC: the two directions differ in form" : "",
    conversation.mixed ? "MIXED: one direction in more than one form" : "",
    conversation.oneWay && !conversation.protocol.endsWith("error") ? "one way only" : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? "" : `<── ${words.join("; ")}`;
}

function otherLine(other: OtherTraffic): string[] {
  const parts = [
    [other.arp, "ARP"],
    [other.neighborDiscovery, "neighbor discovery"],
    [other.notIp, "not IP"],
    [other.innerUnread, "encapsulated without a readable inner IP header"],
    [other.malformed, "malformed"],
    [other.truncated, "cut before their last header"],
  ] as const;
  const there = parts.filter(([packets]) => packets > 0).map(([packets, name]) => `${packets} ${name}`);
  return there.length === 0 ? [] : [`also      ${there.join(", ")}`];
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}
