import { defaultVni } from "../encap/tunnel.ts";
import type { Conversation } from "./conversation.ts";

/** The VNIs of VXLAN between two tunnel ends, in either direction. */
interface PairVnis {
  readonly ends: readonly [string, string];
  /** In the order of their first packets. */
  readonly vnis: readonly number[];
}

/** Which VNIs there are between each two tunnel ends, as the outermost VXLAN header tells. */
function vnisByPair(conversations: readonly Conversation[]): readonly PairVnis[] {
  const pairs = new Map<string, { ends: [string, string]; vnis: Set<number> }>();
  for (const { variants } of conversations) {
    for (const { form, vni, outerSource = "", outerDestination = "" } of variants) {
      if (form !== "vxlan" || vni === undefined) continue;
      const ends = [outerSource, outerDestination].sort() as [string, string];
      const key = ends.join(" ");
      const pair = pairs.get(key) ?? { ends, vnis: new Set<number>() };
      pair.vnis.add(vni);
      pairs.set(key, pair);
    }
  }
  return [...pairs.values()].map(({ ends, vnis }) => ({ ends, vnis: [...vnis] }));
}

/**
 * The VNI that packets between nodes must have: what the reader says, or Calico's default where any of them has it. Undefined
 * where none has: then Calico may be told to use another one, which no capture shows.
 */
export function wantedVni(conversations: readonly Conversation[], said: number | undefined): number | undefined {
  if (said !== undefined) return said;
  return vnisByPair(conversations).some(({ vnis }) => vnis.includes(defaultVni)) ? defaultVni : undefined;
}

/** Two VNIs between the same two nodes: a device that was made again, or two overlays on the same nodes. */
export function vniHints(conversations: readonly Conversation[]): string[] {
  return vnisByPair(conversations)
    .filter(({ vnis }) => vnis.length > 1)
    .map(
      ({ ends: [one, other], vnis }) =>
        `${one} and ${other} have VXLAN in several VNIs between them (${vnis.join(", ")}): Calico uses one`,
    );
}
