import type { Plan } from "../topology/plan.ts";

/** A node whose default gateway no network of its own holds. */
interface OnlinkNode {
  readonly name: string;
  readonly via: string;
  readonly device: string;
}

/** The first such node of a plan, in IPv4; undefined where there is none. */
export function onlinkNode({ nodes }: Plan): OnlinkNode | undefined {
  const found = nodes.flatMap(({ name, routes }) => {
    const route = routes.find(
      ({ family, destination, onlink }) => family === 4 && destination === "default" && onlink === true,
    );
    return route === undefined ? [] : [{ name, via: route.via, device: route.device }];
  });
  return found[0];
}

/** Why faults of onlink gateways mean nothing in a plan; undefined where they do. */
export function withoutOnlinkNode(plan: Plan): string | undefined {
  return onlinkNode(plan) === undefined ? "no node has an onlink gateway: see gcp-like" : undefined;
}
