import type { DropFact } from "../dataplane/node-facts.ts";
import { listOf } from "../verify/words.ts";
import type { Rule } from "./cause.ts";
import { ofFilters } from "./of-filters.ts";

const base = ofFilters({
  name: "calico-policy",
  issues: [],
  fix: "allow it by a NetworkPolicy or GlobalNetworkPolicy (calicoctl get networkpolicy,globalnetworkpolicy -A -o yaml), or probe where no policy selects the pods",
  chosen: isPolicy,
  sentence: (nodes, drop) => `a policy denies packets on ${listOf(nodes)}, as Calico's own counter tells: ${drop}`,
});

/** A policy of Calico's or of Kubernetes selects the pods and allows nobody who asks: the lab's own probes are denied too. */
export const calicoPolicy: Rule = {
  ...base,
  find: (incident) => {
    const { policies = [] } = incident.network.facts;
    const evidence = policies.length === 0 ? [] : [`policies there: ${policies.join(", ")}`];
    return base.find(incident).map((cause) => ({ ...cause, evidence: [...evidence, ...cause.evidence] }));
  },
};

/**
 * Whether it is the end of Felix's chains for a workload: no policy and no profile let the packet pass (felix/rules/endpoints.go). nft(8)
 * lists rules of iptables without their comments: what is left is the mark of a policy that passed, or nothing.
 */
export function isPolicy({ rule, where }: DropFact): boolean {
  const isEnd = /no (?:policies|profiles) (?:passed|matched)|end of tier/i.test(rule);
  const isWorkload = /chain \S*cali-(?:tw|fw)-/.test(where);
  const isPolicyChain = /chain \S*cali-(?:pi|po|pri|pro)-/.test(where);
  return isEnd || isPolicyChain || (isWorkload && /^(?:meta mark & 0x[0-9a-f]+ == 0x[0-9a-f]+ )?drop$/.test(rule));
}
