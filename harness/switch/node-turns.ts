import { isOfNetwork, type KernelEvent } from "./kernel-events.ts";
import type { Moments } from "./moments.ts";
import type { DirectionRecord, NodeTurn } from "./switch-record.ts";

/** What left one node through a change: a direction whose form changes there. */
export interface Departure {
  readonly node: string;
  readonly direction: Pick<DirectionRecord, "firstNewMs" | "lastOldMs" | "staysOld">;
}

/** Events of one node whose texts a record keeps. */
const keptTexts = 12;

/** When each node changed, those first that did so first; by what left them, and by what their kernels told. Pure. */
export function nodeTurns(
  nodes: readonly string[],
  departures: readonly Departure[],
  kernels: ReadonlyMap<string, readonly KernelEvent[]>,
  moments: Moments,
): readonly NodeTurn[] {
  const turns = nodes.map((node): NodeTurn => {
    const own = departures.filter((departure) => departure.node === node).map(({ direction }) => direction);
    return {
      node,
      ...bound("firstNewMs", Math.min, own),
      ...bound("lastOldMs", Math.max, own),
      follows: own.every(({ firstNewMs, staysOld }) => firstNewMs !== undefined && staysOld !== true),
      ...kernelOf(kernels.get(node) ?? [], moments),
    };
  });
  const changedAt = ({ firstNewMs, kernel }: NodeTurn): number => firstNewMs ?? kernel?.firstMs ?? Infinity;
  return turns.toSorted((a, b) => changedAt(a) - changedAt(b));
}

function bound(
  key: "firstNewMs" | "lastOldMs",
  best: (...values: number[]) => number,
  own: readonly Departure["direction"][],
): Pick<NodeTurn, "firstNewMs" | "lastOldMs"> {
  const values = own.flatMap((direction) => direction[key] ?? []);
  return values.length === 0 ? {} : { [key]: best(...values) };
}

function kernelOf(events: readonly KernelEvent[], moments: Moments): Pick<NodeTurn, "kernel"> {
  const own = events.filter((event) => event.at >= moments.change && isOfNetwork(event));
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return {};
  return {
    kernel: {
      firstMs: moments.ms(first.at),
      lastMs: moments.ms(last.at),
      changes: own.length,
      texts: own.slice(0, keptTexts).map(({ at, text }) => `${moments.ms(at)} ms: ${text}`),
    },
  };
}
