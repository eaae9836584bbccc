import { isEncrypted } from "../encap/wireguard.ts";
import { qdiscOf } from "../topology/link-shape.ts";
import type { Plan } from "../topology/plan.ts";
import type { Capability } from "./lab.ts";
import { otherProviders } from "./other-providers.ts";

/** A capability that a plan needs of its nodes whatever the mode, what needs it ("VLANs of two-racks need"), and how to come by it. */
export interface PlanNeed {
  readonly capability: Capability;
  readonly whatFor: string;
  readonly fix: string;
}

/** Everything that a plan needs beside the tunnels of modes; pure. */
export function planNeeds(plan: Plan): readonly PlanNeed[] {
  const { name } = plan.topology;
  const shaped = new Set(plan.nodes.flatMap(({ uplink: { link } }) => (link === undefined ? [] : [qdiscOf(link)])));
  const ipv6 = { whatFor: `the IPv6 networks of ${name} need`, fix: "--family 4, or boot without ipv6.disable=1" };
  return [
    ...(plan.families.includes(6) ? [{ capability: "ipv6" as const, ...ipv6 }] : []),
    ...[...shaped].map((qdisc) => ({
      capability: qdisc,
      whatFor: qdisc === "netem" ? "link loss and delay need" : "link rates need",
      fix: loading(`sch_${qdisc}`),
    })),
    ...(hasVlans(plan)
      ? [{ capability: "vlan" as const, whatFor: `VLANs of ${name} need`, fix: loading("8021q") }]
      : []),
    ...(isEncrypted(plan)
      ? [{ capability: "wireguard" as const, whatFor: `encryption of ${name} needs`, fix: loading("wireguard") }]
      : []),
  ];
}

function hasVlans({ nodes }: Plan): boolean {
  return nodes.some(({ uplink, others = [] }) => [uplink, ...others].some(({ vlan }) => vlan !== undefined));
}

function loading(module: string): string {
  return `modprobe ${module}, or ${otherProviders}`;
}
