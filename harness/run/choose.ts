import type { Mode } from "../encap/mode.ts";
import type { Capability, Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";

/** Which provider runs a mode and why; or why none can. */
export type Choice =
  | { readonly mode: Mode; readonly provider: Provider; readonly because: string }
  | { readonly mode: Mode; readonly skip: string };

/** Finds the first provider, cheapest first, whose nodes can do what the mode needs. */
export function chooseProvider(mode: Mode, families: readonly Family[], candidates: readonly Candidate[]): Choice {
  const needs = capabilitiesFor(mode, families);
  const ruledOut: string[] = [];
  for (const { provider, problems } of candidates) {
    // What the nodes could do is not known of a provider that cannot make any.
    const lacking = problems.length > 0 ? [] : needs.filter((need) => !provider.capabilities.has(need));
    const reasons = [...problems, ...lacking.map((need) => lackingReason(provider.name, need))];
    if (reasons.length === 0) return { mode, provider, because: because(provider, needs, ruledOut) };
    ruledOut.push(...reasons);
  }
  return { mode, skip: ruledOut.join("; ") || "no provider is left to run it" };
}

/** A provider that may be used, with what keeps it from building this lab here. */
export interface Candidate {
  readonly provider: Provider;
  readonly problems: readonly string[];
}

/** Asks every provider what keeps it from building the plan here; also fills in their capabilities. */
export function examineProviders(providers: readonly Provider[], plan: Plan): Promise<readonly Candidate[]> {
  return Promise.all(
    providers.map(async (provider) => {
      const problems = await provider.check(plan);
      return { provider, problems: problems.map(({ what, fix }) => `${provider.name}: ${what} (${fix})`) };
    }),
  );
}

/** What a mode needs from the kernel of every node; VXLAN over IPv6 is asked for per path, not per mode. */
export function capabilitiesFor(mode: Mode, families: readonly Family[]): readonly Capability[] {
  if (mode.encapsulation === "none") return [];
  if (mode.encapsulation === "ipip") return ["ipip"];
  return families.includes(4) ? ["vxlan"] : ["vxlan6"];
}

function because(provider: Provider, needs: readonly Capability[], ruledOut: readonly string[]): string {
  const can = needs.length === 0 ? "needs no tunnel" : `this kernel has ${needs.join(" and ")}`;
  const others = provider.name === "vm" ? "its guests have" : "the hosts have";
  const kernel = provider.name === "netns" ? can : `${others} ${needs.join(" and ") || "all it needs"}`;
  return ruledOut.length === 0 ? kernel : ruledOut.join("; ");
}

function lackingReason(provider: string, need: Capability): string {
  const kernel = provider === "netns" ? "this kernel has" : "its nodes' kernels have";
  if (need === "ipip") return `${provider}: ${kernel} no ipip module`;
  if (need === "vxlan6") return `${provider}: ${kernel} no VXLAN over IPv6 (needs 4.19.1 or newer)`;
  return `${provider}: ${kernel} no ${need}`;
}
