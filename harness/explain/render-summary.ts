import { tableLines } from "../packet/table-lines.ts";
import { idText, type Level } from "../packet/levels.ts";
import type { Asymmetry, Conversation, ConversationVariant, IcmpErrorCount, OtherTraffic } from "./conversation.ts";
import type { CaptureSummary } from "./summary.ts";

/** Rows that a table shows where nobody asks for more: as many as can be read. */
export const defaultTop = 50;

/** Writes a summary for people: at most `top` conversations, those with something wrong in them first. */
export function renderSummary(summary: CaptureSummary, top = defaultTop): string {
  const { firstSeconds, lastSeconds, conversations } = summary;
  const seconds = firstSeconds === undefined || lastSeconds === undefined ? 0 : lastSeconds - firstSeconds;
  const shown = busiest(conversations, top);
  return [
    `${summary.file}: ${count(summary.packets, "packet")}, ${count(summary.bytes, "byte")} in ${seconds.toFixed(3)} s`,
    `forms     ${formsText(summary)}`,
    ...otherLine(summary),
    ...summary.hints.map((hint) => `note      ${hint}`),
    ...errorLines(summary.icmpErrors, top),
    ...(shown.length === 0 ? [] : ["", ...conversationLines(shown)]),
    ...moreLines(summary, shown),
  ].join("\n");
}

/** "vxlan 6 (in 12 fragments), plain 3", by all encapsulations where there are several in each other. */
function formsText({ forms, nested, fragments }: CaptureSummary): string {
  const nestedBy = new Map<string, number>();
  for (const [chain, packets] of Object.entries(nested)) {
    const [outermost = ""] = chain.split(" / ");
    nestedBy.set(outermost, (nestedBy.get(outermost) ?? 0) + packets);
  }
  const single = Object.entries(forms).map(([form, packets]) => [form, packets - (nestedBy.get(form) ?? 0)] as const);
  const parts = [...single, ...Object.entries(nested)].filter(([, packets]) => packets > 0);
  const cut = fragments.packets === 0 ? "" : ` (${fragments.packets} of them in ${fragments.parts} fragments)`;
  return (parts.map(([form, packets]) => `${form} ${packets}`).join(", ") || "no IP packets") + cut;
}

/** All of them, in the order of their first packets; of too many, those with something wrong and then the busiest. */
function busiest(conversations: readonly Conversation[], top: number): readonly Conversation[] {
  if (conversations.length <= top) return conversations;
  const weight = (conversation: Conversation) => (isOdd(conversation) ? 1 : 0);
  return [...conversations]
    .sort((one, other) => weight(other) - weight(one) || packetsOf(other) - packetsOf(one))
    .slice(0, top);
}

function isOdd({ asymmetric, mixed }: Conversation): boolean {
  return asymmetric || mixed;
}

function packetsOf({ variants }: Conversation): number {
  return variants.reduce((sum, { packets }) => sum + packets, 0);
}

/** What of the conversations the table does not show. */
function moreLines({ conversations, folded }: CaptureSummary, shown: readonly Conversation[]): string[] {
  const isShown = new Set(shown);
  const hidden = conversations.filter((conversation) => !isShown.has(conversation));
  const many = hidden.length + (folded?.conversations ?? 0);
  if (many === 0) return [];
  const packets = hidden.reduce((sum, conversation) => sum + packetsOf(conversation), folded?.packets ?? 0);
  const asymmetric = hidden.filter((conversation) => conversation.asymmetric).length + (folded?.asymmetric ?? 0);
  const mixed = hidden.filter((conversation) => conversation.mixed).length + (folded?.mixed ?? 0);
  const odd = [
    ...(asymmetric === 0 ? [] : [`${asymmetric} ASYMMETRIC`]),
    ...(mixed === 0 ? [] : [`${mixed} MIXED`]),
  ].join(", ");
  const kept = hidden.length === 0 ? "" : "; --top N shows more";
  return [
    `and ${count(many, "more conversation")} with ${count(packets, "packet")}${odd === "" ? "" : ` (${odd})`}${kept}`,
  ];
}

function conversationLines(conversations: readonly Conversation[]): string[] {
  const labels = new Set(conversations.map(interfaceText));
  // The only interface of a file needs no column unless it has a name.
  const withInterface = labels.size > 1 || ![...labels].every((label) => label === "" || label.startsWith("#"));
  const head = ["conversation", "protocol", "form", "outer", "vni", "packets", "bytes", "overhead", ""];
  const rows = conversations.flatMap((conversation) =>
    conversation.variants.map((variant, index) => [
      ...(withInterface ? [interfaceText(conversation)] : []),
      variant.direction === "forward"
        ? `${conversation.a} > ${conversation.b}`
        : `${conversation.b} > ${conversation.a}`,
      conversation.protocol + (conversation.port === undefined ? "" : ` ${conversation.port}`),
      variant.levels?.map((level) => level.form).join(" / ") ?? variant.form,
      outerText(variant),
      variant.levels === undefined ? idOf(variant) : "",
      String(variant.packets) + (variant.fragments === undefined ? "" : ` in ${variant.packets + variant.fragments}`),
      String(variant.bytes),
      overheadText(variant),
      index === 0 ? marks(conversation) : "",
    ]),
  );
  return tableLines([withInterface ? ["if", ...head] : head, ...rows]);
}

function interfaceText({ interfaceName, interfaceIndex }: Conversation): string {
  return [interfaceName, interfaceIndex].filter((part) => part !== undefined).join(" ");
}

/** The tunnel's ends; of several in each other, each with its form and id. */
function outerText({ outerSource, outerDestination, levels }: ConversationVariant): string {
  if (levels !== undefined) return levels.map(levelText).join(" / ");
  return outerSource === undefined ? "" : `${outerSource} > ${outerDestination ?? ""}`;
}

/** "vxlan 700 (192.0.2.1 > 192.0.2.2)" */
function levelText(level: Level): string {
  const { form, source = "?", destination = "?" } = level;
  const id = idText(level);
  return `${form}${id === "" ? "" : ` ${id}`} (${source} > ${destination})`;
}

function idOf({ form, vni, tunnelId }: ConversationVariant): string {
  if (vni !== undefined) return String(vni);
  if (tunnelId === undefined || form === "plain" || form === "unknown") return "";
  return idText({ form, id: tunnelId, opaque: false });
}

function overheadText({ overheadBytes, packets, levels }: ConversationVariant): string {
  if (overheadBytes === undefined) return "unknown";
  const each = levels?.map(({ overhead = 0 }) => overhead).join(" + ") ?? (overheadBytes / packets).toFixed(0);
  return overheadBytes === 0 ? "0" : `${overheadBytes} (${each} each)`;
}

function marks(conversation: Conversation): string {
  const { asymmetries, mixed, oneWay, protocol } = conversation;
  const words = [
    asymmetries.length === 0 ? "" : `ASYMMETRIC: ${answersText(asymmetries)}`,
    mixed ? "MIXED: one direction in more than one form" : "",
    oneWay && !protocol.endsWith("error") ? "one way only" : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? "" : `<── ${words.join("; ")}`;
}

/** "answers in VNI 1, not 4096; from 198.18.9.9, not 198.18.2.11" */
function answersText(asymmetries: readonly Asymmetry[]): string {
  const text = asymmetries.map(asymmetryText).join("; ");
  return asymmetries[0]?.what === "form" ? text : `answers ${text}`;
}

function asymmetryText({ what, expected, observed }: Asymmetry): string {
  switch (what) {
    case "form":
      return `the two directions differ in form: ${expected} there, ${observed} back`;
    case "vni":
      return `in VNI ${observed}, not ${expected}`;
    case "source":
      return `from ${observed}, not ${expected}`;
    case "destination":
      return `to ${observed}, not ${expected}`;
  }
}

function errorLines(errors: readonly IcmpErrorCount[], top: number): string[] {
  const lines = errors
    .slice(0, top)
    .map(
      ({ from, to, error, about, packets }) =>
        `error     ${from} reports to ${to}: ${error}, about ${about}${packets === 1 ? "" : ` ×${packets}`}`,
    );
  const more = errors.length - lines.length;
  return more <= 0 ? lines : [...lines, `error     and ${more} more kinds; --top N shows more`];
}

function otherLine({ other, notIp }: CaptureSummary): string[] {
  const names = Object.entries(notIp).map(([name, packets]) => `${name} ×${packets}`);
  const parts = [
    [other.arp, "ARP"],
    [other.neighborDiscovery, "neighbor discovery"],
    [other.notIp, `not IP: ${names.join(", ")}`],
    [other.innerUnread, "encapsulated without a readable inner IP header"],
    [other.malformed, "malformed"],
    [other.truncated, "cut before their last header"],
  ] as const satisfies readonly (readonly [OtherTraffic[keyof OtherTraffic], string])[];
  const there = parts.filter(([packets]) => packets > 0).map(([packets, name]) => `${packets} ${name}`);
  return there.length === 0 ? [] : [`also      ${there.join("; ")}`];
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}
