import { contains } from "../topology/address.ts";
import type { Conversation, ConversationVariant } from "./conversation.ts";
import type { CaptureExpectation } from "./capture-expectation.ts";
import type { CaptureSummary } from "./summary.ts";

/** Pods by address, as encapsulated packets show whose they are. */
export function ownersOf({ conversations }: CaptureSummary): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const conversation of conversations) {
    for (const { direction, outerSource, outerDestination, overheadBytes } of conversation.variants) {
      if (outerSource === undefined || outerDestination === undefined || overheadBytes === undefined) continue;
      const [source, destination] = endsOf(conversation, direction);
      owners.set(source, outerSource);
      owners.set(destination, outerDestination);
    }
  }
  return owners;
}

/**
 * The interfaces between nodes of a capture on several: those with tunnels or with the nodes' own traffic. On all others, the pods'
 * and the tunnel's devices, packets are plain in every mode. Undefined where there is only one, or where packets are plain everywhere.
 */
export function uplinksOf(
  { conversations }: CaptureSummary,
  { subnets, modes }: Pick<CaptureExpectation, "subnets" | "modes">,
): ReadonlySet<string> | undefined {
  if (new Set(conversations.map(interfaceOf)).size < 2 || modes.every(({ policy }) => policy === "Never"))
    return undefined;
  const isNode = (address: string) => subnets.some((subnet) => contains(subnet, address));
  const between = conversations.filter(
    ({ a, b, variants }) => variants.some(({ form }) => form !== "plain") || (a !== b && isNode(a) && isNode(b)),
  );
  return new Set(between.map(interfaceOf));
}

/** The interface of a conversation as one text. */
export function interfaceOf({ interfaceIndex, interfaceName }: Conversation): string {
  return `${interfaceName ?? ""} ${interfaceIndex ?? ""}`;
}

/** Sender and receiver of one direction of a conversation. */
export function endsOf({ a, b }: Conversation, direction: ConversationVariant["direction"]): readonly [string, string] {
  return direction === "forward" ? [a, b] : [b, a];
}
