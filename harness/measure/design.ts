import { seededRandom } from "../stats/seeded-random.ts";

/**
 * How samples are taken. The lab is what is built anew, because what it happens to get (places of processes, hashes of flows) stays
 * the same while it stands: few rounds in many labs tell more than many in few.
 */
export interface Design {
  /** Buildings of the lab, the one that was judged included. */
  readonly labs: number;
  /** Rounds in each; even, so that every round has its mirror image. In a round each side is sampled once. */
  readonly roundsPerLab: number;
  /** The order of sides is drawn from it. */
  readonly seed: number;
}

/**
 * The orders in which the sides are sampled in one lab, one for each round: every second round is the one before backwards
 * (A B C, C B A), which cancels whatever grows or shrinks steadily meanwhile.
 */
export function drawRounds<T>(sides: readonly T[], design: Design, lab: number): readonly (readonly T[])[] {
  const random = seededRandom(design.seed + lab);
  const rounds: (readonly T[])[] = [];
  while (rounds.length < design.roundsPerLab) {
    const order = shuffled(sides, random);
    rounds.push(order, order.toReversed());
  }
  return rounds.slice(0, design.roundsPerLab);
}

/** Every order equally likely (Fisher and Yates). */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last] as T, order[other] as T];
    order[last] = b;
    order[other] = a;
  }
  return order;
}
