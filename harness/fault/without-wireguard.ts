import { isEncrypted } from "../encap/wireguard.ts";
import type { Plan } from "../topology/plan.ts";

/** Why faults of WireGuard mean nothing in a plan; undefined where they do. */
export function withoutWireguard(plan: Plan): string | undefined {
  return isEncrypted(plan) ? undefined : "the topology declares no encryption (wireguard): see topology wireguard";
}
