import type { DropFact } from "../dataplane/node-facts.ts";
import { listOf } from "../verify/words.ts";
import { ofFilters } from "./of-filters.ts";

/** A policy of Calico's or of Kubernetes selects the pods and allows nobody who asks: the lab's own probes are denied too. */
export const calicoPolicy = ofFilters({
  name: "calico-policy",
  issues: [],
  fix: "allow it by a NetworkPolicy or GlobalNetworkPolicy (calicoctl get networkpolicy,globalnetworkpolicy -A -o yaml), or probe where no policy selects the pods",
  chosen: isPolicy,
  sentence: (nodes, drop) => `a policy denies packets on ${listOf(nodes)}, as Calico's own counter tells: ${drop}`,
});

/** Whether it is the end of Felix's chains for a workload: no policy and no profile let the packet pass (felix/rules/endpoints.go). */
export function isPolicy({ rule, where }: DropFact): boolean {
  const isEnd = /no (?:policies|profiles) (?:passed|matched)|end of tier/i.test(rule);
  const isPolicyChain = /chain \S*cali-(?:pi|po|pri|pro)-/.test(where);
  return isEnd || isPolicyChain;
}
