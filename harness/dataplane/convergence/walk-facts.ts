import { poll, type Look, type PollOptions } from "../../core/poll.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { factSteps, type Unmet } from "./unmet.ts";

/** What a node's kernel lacks still. */
export interface NodeTrouble extends Unmet {
  readonly node: string;
}

/** Nodes that are named in the error when time is up. */
const namedNodes = 3;

/**
 * Looks at all nodes until none lacks anything; a step is reached when the last node has reached it. `whileBehind` is asked
 * between looks, with the node that is furthest behind, and throws where waiting is in vain.
 */
export async function walkFacts<T>(
  look: () => Promise<{ readonly value: T; readonly troubles: readonly NodeTrouble[] }>,
  watch: Stopwatch,
  options: PollOptions,
  whileBehind: (worst: NodeTrouble) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  let furthest = 0;
  const lookOnce = async (): Promise<Look<T>> => {
    const { value, troubles } = await look();
    const behind = troubles.toSorted((a, b) => factSteps.indexOf(a.step) - factSteps.indexOf(b.step));
    const [worst] = behind;
    const now = worst === undefined ? factSteps.length : factSteps.indexOf(worst.step);
    for (const step of factSteps.slice(furthest, now)) watch.reached(step);
    furthest = Math.max(furthest, now);
    if (worst === undefined) return { done: true, value };
    await whileBehind(worst);
    return { done: false, seen: describe(behind) };
  };
  return poll(lookOnce, options);
}

function describe(behind: readonly NodeTrouble[]): string {
  const named = behind.slice(0, namedNodes).map(({ node, step, seen }) => `node ${node}, step ${step}: ${seen}`);
  const more = behind.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more nodes`] : [])].join("; ");
}
