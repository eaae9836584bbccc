import type { TapId } from "../encap/expectation.ts";
import type { Packet } from "../packet/packet.ts";
import { cardOf, type Plan } from "../topology/plan.ts";
import type { AddressBook } from "./address-book.ts";

/** The wire that a tap between nodes is listened to on: a VLAN's frames have their tag on its card alone. */
export interface Wire extends TapId {
  /** VLAN whose tag every frame there must have; missing = none may have a tag. */
  readonly vlan?: number;
}

/** The wire behind a tap. Pure. */
export function wireOf(plan: Plan, tap: TapId): Wire {
  const ports = plan.nodes.flatMap(({ name, uplink, others = [] }) => (name === tap.node ? [uplink, ...others] : []));
  const port = ports.find(({ device, vlan }) => vlan !== undefined && device === tap.device);
  return port?.vlan === undefined ? tap : { node: tap.node, device: cardOf(port), vlan: port.vlan.id };
}

/** How the words for a wrong tag end: what is due stands in them, so that a cause can be told from them. */
const dueWords = (vlan: number): string => `, where VLAN ${vlan} is due`;

/**
 * What is wrong with the tag of a frame on a node's wire that must carry one, by whether the node sends it or gets it; undefined where the
 * tag is right, and where the frame is of nobody known. Pure.
 */
export function tagOffence({ layers }: Packet, { node, vlan }: Wire, book: AddressBook): string | undefined {
  if (vlan === undefined) return undefined;
  const tag = layers[1]?.kind === "vlan" ? layers[1].id : undefined;
  if (tag === vlan) return undefined;
  const ends = endsOf(layers);
  const known = ends?.flatMap((address) => (address === undefined ? [] : (book.ownerOf(address)?.node.name ?? [])));
  if (ends === undefined || known === undefined || known.length === 0) return undefined;
  const sends = book.ownerOf(ends[0] ?? "")?.node.name === node;
  return `frames ${sends ? "from" : "to"} ${node} ${tag === undefined ? "without a tag" : `in VLAN ${tag}`}${dueWords(vlan)}`;
}

/** Sender and receiver, outermost. */
function endsOf(layers: Packet["layers"]): readonly (string | undefined)[] | undefined {
  for (const layer of layers) {
    if (layer.kind === "arp") return [layer.senderIp, layer.targetIp];
    if (layer.kind === "ipv4" || layer.kind === "ipv6") return [layer.source, layer.destination];
  }
  return undefined;
}

/** Whether words of an offence are those of `tagOffence`, and the node is the one that sends. */
export function tellsTag(what: string, vlan: number | undefined): "from" | "to" | undefined {
  if (vlan === undefined || !what.startsWith("frames ") || !what.endsWith(dueWords(vlan))) return undefined;
  return what.startsWith("frames from ") ? "from" : "to";
}
