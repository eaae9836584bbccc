import type { Plan } from "../topology/plan.ts";

/** Routers that have several equal next hops for what they send on. */
export function sharingRouters({ routers }: Plan): readonly string[] {
  return routers.filter(({ routes }) => routes.some(({ also }) => also !== undefined)).map(({ name }) => name);
}

/** Why a fault of equal ways means nothing in a plan. */
export function withoutSharing(plan: Plan): string | undefined {
  return sharingRouters(plan).length > 0 ? undefined : "no router shares packets among others (ecmp): see ecmp-spines";
}
