import { hasVni, idText, type Level } from "../packet/levels.ts";
import type { PacketForm } from "../packet/form.ts";
import type { Asymmetry } from "./conversation.ts";
import type { CountedVariant } from "./counted-variant.ts";

type Compared = Pick<CountedVariant, "direction" | "form" | "levels" | "packets" | "inTransit">;

/** In what answers differ from what requests make one expect: their form, their VNI, their tunnel's ends. */
export function compareDirections(variants: readonly Compared[]): readonly Asymmetry[] {
  const forward = inDirection(variants, "forward");
  const reverse = inDirection(variants, "reverse");
  if (forward.length === 0 || reverse.length === 0) return [];
  const [there, back] = [chainsOf(forward), chainsOf(reverse)];
  if (there.join() !== back.join()) {
    return [{ what: "form", expected: there.join(" and "), observed: back.join(" and ") }];
  }
  const depth = Math.max(...forward.map(({ levels }) => levels.length));
  return Array.from({ length: depth }, (_, level) =>
    compareLevel(levelAt(forward, level), levelAt(reverse, level)),
  ).flat();
}

/** Whether one direction comes in more than one form, or in more than one VNI of the same. */
export function isMixed(variants: readonly Compared[]): boolean {
  return (["forward", "reverse"] as const).some((direction) => {
    const seen = inDirection(variants, direction);
    return chainsOf(seen).length > 1 || new Set(seen.map(vnisOf)).size > 1;
  });
}

/**
 * The variants of one direction, as they were between nodes: where packets were seen plain and encapsulated on their way through
 * one node, plain was the pods' side. Plain ones without an encapsulated twin stay.
 */
function inDirection(variants: readonly Compared[], direction: "forward" | "reverse"): readonly Compared[] {
  return variants.filter(
    (variant) => variant.direction === direction && (variant.form !== "plain" || variant.packets > variant.inTransit),
  );
}

function chainsOf(variants: readonly Compared[]): readonly string[] {
  return [...new Set(variants.map(({ form, levels }) => chainName(form, levels)))].sort();
}

/** All encapsulations of a packet in a word or several: "plain", "vxlan / ipip". */
export function chainName(form: PacketForm, levels: readonly Level[]): string {
  return levels.length < 2 ? form : levels.map((level) => level.form).join(" / ");
}

function vnisOf({ levels }: Compared): string {
  return levels.map((level) => (hasVni(level.form) ? idText(level) : "")).join("/");
}

function levelAt(variants: readonly Compared[], level: number): readonly Level[] {
  return variants.map(({ levels }) => levels[level]).filter((found) => found !== undefined);
}

function compareLevel(forward: readonly Level[], reverse: readonly Level[]): readonly Asymmetry[] {
  const vni = (level: Level) => (hasVni(level.form) ? idText(level) : "");
  const differ = (what: Asymmetry["what"], wanted: (level: Level) => string, seen: (level: Level) => string) => {
    const [expected, observed] = [textOf(forward, wanted), textOf(reverse, seen)];
    return expected === observed ? [] : [{ what, expected, observed }];
  };
  return [
    ...differ("vni", vni, vni),
    ...(haveSameEnds(forward, reverse)
      ? []
      : [
          ...differ(
            "source",
            ({ destination = "" }) => destination,
            ({ source = "" }) => source,
          ),
          ...differ(
            "destination",
            ({ source = "" }) => source,
            ({ destination = "" }) => destination,
          ),
        ]),
  ];
}

function haveSameEnds(forward: readonly Level[], reverse: readonly Level[]): boolean {
  const ends = ({ source = "", destination = "" }: Level) => `${source} ${destination}`;
  return textOf(forward, ends) === textOf(reverse, ends);
}

function textOf(levels: readonly Level[], text: (level: Level) => string): string {
  return [...new Set(levels.map(text))].sort().join(" and ");
}
