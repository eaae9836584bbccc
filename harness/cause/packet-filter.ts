import type { DropFact } from "../dataplane/node-facts.ts";
import { firewallTable } from "../lab/raise-firewalls.ts";
import { listOf } from "../verify/words.ts";
import { isPolicy } from "./calico-policy.ts";
import { ofFilters } from "./of-filters.ts";

/** Somebody's packet filter ends packets: Docker's FORWARD policy, a firewall, a rule that was forgotten. */
export const packetFilter = ofFilters({
  name: "packet-filter",
  issues: ["#2230", "kubernetes/kubernetes#108718", "#7434", "#2700"],
  fix: "let the pods' and the tunnel's packets pass there; Docker's FORWARD policy: iptables -P FORWARD ACCEPT",
  chosen: (drop) => !isPolicy(drop) && !isOfServices(drop) && !drop.where.includes(firewallTable),
  sentence: (nodes, drop) => `${listOf(nodes)} ${nodes.length === 1 ? "drops" : "drop"} packets: ${drop}`,
});

/** Whether kube-proxy, or what does its work, ends requests to NodePorts and load balancers that have no backend there: that is as it must be. */
function isOfServices({ where, rule }: DropFact): boolean {
  return / chain (?:without-(?:balanced-)?backend$|KUBE-)/.test(where) || /\bhas no (?:local )?endpoints\b/.test(rule);
}
