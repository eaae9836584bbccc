import type { PacketForm } from "../packet/form.ts";
import { hasVni, type Level } from "../packet/levels.ts";
import type { Conversation, ConversationVariant } from "./conversation.ts";
import { compareDirections, isMixed } from "./compare-directions.ts";
import type { CountedVariant } from "./counted-variant.ts";
import type { Sighting } from "./sighting.ts";

/** A conversation while it is being counted. */
export class Entry {
  readonly a: string;
  readonly b: string;
  readonly protocol: string;
  readonly port: number | undefined;
  /** Those of `a` and `b` where nobody knows yet who serves. */
  readonly ports: readonly [number, number] | undefined;
  readonly interfaceIndex: number | undefined;
  readonly interfaceName: string | undefined;
  /** Its place among all, by first packets. */
  order: number;
  firstSeconds: number;
  lastSeconds: number;
  packets = 0;
  readonly variants = new Map<string, CountedVariant>();

  constructor(
    sighting: Pick<Sighting, "source" | "destination" | "protocol" | "interfaceIndex" | "interfaceName" | "seconds">,
    order: number,
    port: number | undefined,
    ports?: readonly [number, number],
  ) {
    this.order = order;
    this.a = sighting.source;
    this.b = sighting.destination;
    this.protocol = sighting.protocol;
    this.port = port;
    this.ports = ports;
    this.interfaceIndex = sighting.interfaceIndex;
    this.interfaceName = sighting.interfaceName;
    this.firstSeconds = sighting.seconds;
    this.lastSeconds = sighting.seconds;
  }

  /** Counts a packet and returns the variant that it was counted under. */
  add(sighting: Sighting): CountedVariant {
    const variant = this.variantOf(sighting);
    this.packets += 1;
    variant.packets += 1;
    variant.bytes += sighting.bytes;
    if (variant.overheadBytes !== undefined) variant.overheadBytes += sighting.overhead ?? 0;
    this.lastSeconds = Math.max(this.lastSeconds, sighting.seconds);
    this.firstSeconds = Math.min(this.firstSeconds, sighting.seconds);
    return variant;
  }

  /** The variant of packets that look like this one. */
  variantOf({ source, form, levels, overhead }: Sighting): CountedVariant {
    const direction = source === this.a ? "forward" : "reverse";
    const key = variantKey(direction, form, levels);
    let variant = this.variants.get(key);
    if (variant === undefined) {
      const overheadBytes = overhead === undefined ? undefined : 0;
      variant = { direction, form, levels, packets: 0, fragments: 0, bytes: 0, overheadBytes, inTransit: 0 };
      this.variants.set(key, variant);
    }
    return variant;
  }

  /** The same, now that it is known who serves. */
  withPort(port: number): Entry {
    const { a: source, b: destination, protocol, interfaceIndex, interfaceName, firstSeconds: seconds } = this;
    const settled = new Entry(
      { source, destination, protocol, interfaceIndex, interfaceName, seconds },
      this.order,
      port,
    );
    settled.merge(this);
    return settled;
  }

  /** Takes over what another entry of the same conversation counted. */
  merge(other: Entry): void {
    this.packets += other.packets;
    this.order = Math.min(this.order, other.order);
    this.firstSeconds = Math.min(this.firstSeconds, other.firstSeconds);
    this.lastSeconds = Math.max(this.lastSeconds, other.lastSeconds);
    for (const from of other.variants.values()) {
      const direction = other.a === this.a ? from.direction : from.direction === "forward" ? "reverse" : "forward";
      const key = variantKey(direction, from.form, from.levels);
      const to = this.variants.get(key);
      if (to === undefined) this.variants.set(key, { ...from, direction });
      else addUp(to, from);
    }
  }

  toConversation(): Conversation {
    const { port, interfaceIndex, interfaceName } = this;
    const variants = [...this.variants.values()];
    const asymmetries = compareDirections(variants);
    const directions = new Set(variants.map(({ direction }) => direction));
    return {
      a: this.a,
      b: this.b,
      protocol: this.protocol,
      ...(port === undefined ? {} : { port }),
      ...(interfaceIndex === undefined ? {} : { interfaceIndex }),
      ...(interfaceName === undefined ? {} : { interfaceName }),
      firstSeconds: this.firstSeconds,
      lastSeconds: this.lastSeconds,
      variants: variants.map(toVariant),
      asymmetric: asymmetries.length > 0,
      asymmetries,
      mixed: isMixed(variants),
      oneWay: directions.size < 2,
      ...(variants.some(({ inTransit }) => inTransit > 0) ? { throughNode: true } : {}),
    };
  }
}

function addUp(to: CountedVariant, from: CountedVariant): void {
  to.packets += from.packets;
  to.fragments += from.fragments;
  to.bytes += from.bytes;
  to.inTransit += from.inTransit;
  if (to.overheadBytes !== undefined) to.overheadBytes += from.overheadBytes ?? 0;
}

function variantKey(direction: string, form: PacketForm, levels: readonly Level[]): string {
  let key = `${direction} ${form}`;
  for (const level of levels) {
    // Each direction of IPsec has SPIs of its own, which change with its keys.
    const id = level.form === "esp" || level.form === "ah" ? "" : (level.id ?? "");
    key += ` ${level.form} ${level.source ?? ""} ${level.destination ?? ""} ${id}`;
  }
  return key;
}

function toVariant(counted: CountedVariant): ConversationVariant {
  const { direction, form, levels, packets, fragments, bytes, overheadBytes } = counted;
  const [outermost] = levels;
  const { source, destination, id } = outermost ?? {};
  const isVni = outermost !== undefined && hasVni(outermost.form);
  return {
    direction,
    form,
    ...(source === undefined ? {} : { outerSource: source }),
    ...(destination === undefined ? {} : { outerDestination: destination }),
    ...(id === undefined ? {} : isVni ? { vni: id } : { tunnelId: id }),
    ...(levels.length < 2 ? {} : { levels }),
    packets,
    ...(fragments === 0 ? {} : { fragments }),
    bytes,
    ...(overheadBytes === undefined ? {} : { overheadBytes }),
  };
}
