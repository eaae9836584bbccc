import { qdiscOf } from "../topology/link-shape.ts";
import type { Plan } from "../topology/plan.ts";
import type { Capability, Problem } from "./lab.ts";
import { otherProviders } from "./other-providers.ts";

/** What keeps a plan from being built with the capabilities that were found. */
export function planProblems(plan: Plan, capabilities: ReadonlySet<Capability>): readonly Problem[] {
  const ipv6 = {
    what: "the kernel has no IPv6, which this plan uses",
    fix: "--family 4, or boot without ipv6.disable=1",
  };
  const shaped = new Set(plan.nodes.flatMap(({ uplink: { link } }) => (link === undefined ? [] : [qdiscOf(link)])));
  return [
    ...(plan.families.includes(6) && !capabilities.has("ipv6") ? [ipv6] : []),
    ...[...shaped].filter((qdisc) => !capabilities.has(qdisc)).map(unshapable),
  ];
}

function unshapable(qdisc: "netem" | "tbf"): Problem {
  const what =
    qdisc === "netem"
      ? "the kernel has no netem, which link loss and delay need"
      : "the kernel has no tbf, which link rates need";
  return { what, fix: `load sch_${qdisc}, or ${otherProviders}` };
}
