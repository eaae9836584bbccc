import type { Plan } from "../topology/plan.ts";
import { otherProviders } from "./other-providers.ts";
import type { Capability, Problem } from "./lab.ts";

/** What keeps a plan from being built on a kernel with the capabilities that were found. */
export function vlanKernelProblems(plan: Plan, capabilities: ReadonlySet<Capability>): readonly Problem[] {
  if (!hasVlans(plan) || capabilities.has("vlan")) return [];
  const what = `the kernel has no 8021q, which VLANs of ${plan.topology.name} need`;
  return [{ what, fix: `modprobe 8021q, or ${otherProviders}` }];
}

function hasVlans({ nodes }: Plan): boolean {
  return nodes.some(({ uplink, others = [] }) => [uplink, ...others].some(({ vlan }) => vlan !== undefined));
}

/** Why a provider that hands nodes wires without tags cannot build a plan. */
export function vlanProblems(plan: Plan): readonly Problem[] {
  if (!hasVlans(plan)) return [];
  const what = `${plan.topology.name} has racks with a VLAN (vlan), and wires of this provider carry no tags`;
  return [{ what, fix: `use another topology, or ${otherProviders}` }];
}
