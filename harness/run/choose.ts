import type { Encapsulation, Mode } from "../encap/mode.ts";
import { encapsulationsWithin } from "../encap/pool-mode.ts";
import type { Capability } from "../lab/lab.ts";
import { otherProviders } from "../lab/other-providers.ts";
import { planNeeds, type PlanNeed } from "../lab/plan-needs.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";

/** A provider and why it is that one; or why none can. */
type Found = { readonly provider: Provider; readonly because: string } | { readonly skip: string };

/** Which provider runs a mode and why; or why none can. */
export type Choice = Found & { readonly mode: Mode };

/** Which of the providers, cheapest first, runs each mode and why, or why none can. */
export async function chooseProviders(
  modes: readonly Mode[],
  plan: Plan,
  providers: readonly Provider[],
): Promise<readonly Choice[]> {
  const isEnough = (candidates: readonly Candidate[]): boolean =>
    modes.every((mode) => "provider" in chooseProvider(mode, plan, candidates));
  const candidates = await examineProviders(providers, plan, isEnough);
  return modes.map((mode) => chooseProvider(mode, plan, candidates));
}

/** The first of the providers, cheapest first, that runs all of the modes in one lab and why, or why none can. */
export async function chooseOneProvider(
  modes: readonly Mode[],
  plan: Plan,
  providers: readonly Provider[],
): Promise<Found> {
  const needs = neededBy(modes, plan);
  const isEnough = (candidates: readonly Candidate[]): boolean => "provider" in firstWith(needs, candidates);
  return firstWith(needs, await examineProviders(providers, plan, isEnough));
}

function chooseProvider(mode: Mode, plan: Plan, candidates: readonly Candidate[]): Choice {
  return { mode, ...firstWith(neededBy([mode], plan), candidates) };
}

/** What a lab's nodes must be able to do: for a mode, or for what the plan declares whatever the mode. */
type Need = Pick<PlanNeed, "capability"> & Partial<PlanNeed>;

function neededBy(modes: readonly Mode[], plan: Plan): readonly Need[] {
  const tunnels = modes.flatMap((mode) => capabilitiesFor(encapsulationsWithin(plan, mode), plan.families));
  return [...[...new Set(tunnels)].map((capability) => ({ capability })), ...planNeeds(plan)];
}

/** Finds the first provider, cheapest first, whose nodes can do what is needed. */
function firstWith(needs: readonly Need[], candidates: readonly Candidate[]): Found {
  const ruledOut: string[] = [];
  for (const { provider, problems } of candidates) {
    // What the nodes could do is not known of a provider that cannot make any.
    const lacking = problems.length > 0 ? [] : needs.filter((need) => isLacking(provider, need));
    const reasons = [...problems, ...lacking.map((need) => lackingReason(provider, need))];
    if (reasons.length === 0) return { provider, because: because(provider, needs, ruledOut) };
    ruledOut.push(...reasons);
  }
  return { skip: ruledOut.join("; ") || "no other provider can run it" };
}

/** A provider that may be used, with what keeps it from building this lab here. */
interface Candidate {
  readonly provider: Provider;
  readonly problems: readonly string[];
}

/**
 * Asks providers, cheapest first, what keeps them from building the plan here, until those are enough; also fills in their
 * capabilities. Of several whose nodes have the kernel of this machine, one that works is enough: another can do no mode more.
 */
async function examineProviders(
  providers: readonly Provider[],
  plan: Plan,
  isEnough: (candidates: readonly Candidate[]) => boolean,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  const thisKernelWorks = (): boolean =>
    candidates.some(({ provider, problems }) => provider.sharesKernel === true && problems.length === 0);
  for (const provider of providers) {
    if (provider.sharesKernel === true && thisKernelWorks()) continue;
    const problems = await provider.check(plan);
    candidates.push({ provider, problems: problems.map(({ what, fix }) => `${provider.name}: ${what} (${fix})`) });
    if (isEnough(candidates)) break;
  }
  return candidates;
}

/** What encapsulations need from the kernel of every node; VXLAN over IPv6 is asked for per path, not per mode. */
export function capabilitiesFor(own: ReadonlySet<Encapsulation>, families: readonly Family[]): readonly Capability[] {
  const vxlan = families.includes(4) ? "vxlan" : "vxlan6";
  return [...(own.has("ipip") ? (["ipip"] as const) : []), ...(own.has("vxlan") ? ([vxlan] as const) : [])];
}

function because(provider: Provider, needs: readonly Need[], ruledOut: readonly string[]): string {
  if (ruledOut.length > 0) return ruledOut.join("; ");
  if (needs.length === 0) return "needs no tunnel";
  const words = needs.map(({ capability }) => capability).join(" and ");
  return provider.asksLater === true ? `its nodes are asked for ${words} later` : `${provider.kernelHas} ${words}`;
}

function isLacking({ capabilities, withheld }: Provider, { capability }: Need): boolean {
  return !capabilities.has(capability) || withheld?.[capability] !== undefined;
}

/** Kernel modules that have another name than what they bring. */
const modules: Partial<Record<Capability, string>> = { ipip: "ipip", wireguard: "wireguard", vlan: "8021q" };

function lackingReason({ name, kernelHas, withheld }: Provider, { capability, whatFor, fix }: Need): string {
  const own = withheld?.[capability];
  const purpose = whatFor === undefined ? "" : `, which ${whatFor}`;
  if (own !== undefined) return `${name}: ${own}${purpose} (use another topology, or ${otherProviders})`;
  const help = fix === undefined ? "" : ` (${fix})`;
  if (capability in modules)
    return `${name}: ${kernelHas} no ${modules[capability] ?? capability} module${purpose}${help}`;
  if (capability === "vxlan6") return `${name}: ${kernelHas} no VXLAN over IPv6 (needs 4.19.1 or newer)`;
  return `${name}: ${kernelHas} no ${capability}${purpose}${help}`;
}
