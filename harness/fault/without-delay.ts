import type { Plan } from "../topology/plan.ts";

/** Why a fault of delay means nothing on a plan; undefined where a link of it holds packets back. */
export function withoutDelay({ nodes, topology }: Plan): string | undefined {
  const delays = nodes.some(({ uplink }) => uplink.link?.delayMs !== undefined);
  return delays ? undefined : `topology ${topology.name} has no link with a delay`;
}
