import { groupBy } from "../../core/group-by.ts";
import type { Mode } from "../../encap/mode.ts";
import { tunnelModes } from "../../encap/tunnel.ts";
import { isEncrypted } from "../../encap/wireguard.ts";
import { outsideOf } from "../../exec/namespace/namespace.ts";
import { runScripts } from "../../exec/run-everywhere.ts";
import type { Lab } from "../../lab/lab.ts";
import { packageFor } from "../../lab/host-tools.ts";
import { trialName, trials } from "../../lab/capabilities.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { Requirement } from "../dataplane.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** One thing that every node must be able to do, tried for real and undone. */
interface Need {
  /** Shell command that succeeds exactly where the need is met; leaves nothing behind. */
  readonly attempt: string;
  readonly lacks: string;
  readonly fix: string;
  readonly families?: readonly Family[];
}

/** Reasons for which the reference dataplane cannot put the mode into effect on these nodes: each need tried on each node. */
export async function missingOn(mode: Mode, lab: Lab): Promise<readonly Requirement[]> {
  const needs = needsOf(mode, lab.plan);
  const failed = await failedNeeds(lab, needs);
  return [
    ...noIpipForIpv6(mode, lab.plan.families),
    ...needs.flatMap((need) => {
      const where = lab.nodes.filter((_, index) => failed[index]?.has(need) === true).map(({ name }) => name);
      return where.length === 0 ? [] : [requirement(need, where)];
    }),
  ];
}

function noIpipForIpv6(mode: Mode, families: readonly Family[]): readonly Requirement[] {
  if (mode.encapsulation !== "ipip" || !families.includes(6)) return [];
  return [{ families: [6], reason: "Calico has no IPIP for IPv6", fix: "choose a VXLAN mode for IPv6" }];
}

function needsOf(mode: Mode, plan: Plan): readonly Need[] {
  const { families } = plan;
  return [
    ...["ip", "bridge", "nft", "ping"].map(tool),
    ...families.flatMap((family) => [natNeed(family), ...tunnelNeeds(plan, mode, family)]),
    ...(families.includes(6) ? [ipv6Need] : []),
    ...(isEncrypted(plan) ? [wireguardNeed] : []),
  ];
}

function tool(name: string): Need {
  return {
    attempt: `command -v ${name}`,
    lacks: `has no ${name} command`,
    fix: `install ${packageFor(name, "debian")} there`,
  };
}

function natNeed(family: Family): Need {
  const table = `${family === 4 ? "ip" : "ip6"} ${trialName}`;
  const rules = `table ${table} { chain c { type nat hook postrouting priority 100; fib saddr type local masquerade; }; };`;
  return {
    attempt: `nft '${rules} delete table ${table}'`,
    lacks: `cannot do NAT for IPv${family} with nftables`,
    fix: `load nft_chain_nat, nft_masq and nft_fib_inet, or ${otherProviders}`,
    families: [family],
  };
}

function tunnelNeeds(plan: Plan, mode: Mode, family: Family): readonly Need[] {
  return tunnelModes(plan, mode, family).map(([, { encapsulation }]) => ({
    attempt: trials[encapsulation === "ipip" ? "ipip" : family === 4 ? "vxlan" : "vxlan6"],
    lacks: `kernel has no ${encapsulation} module${family === 6 ? " for IPv6" : ""}`,
    fix: `modprobe ${encapsulation} on the host, or ${otherProviders}`,
    families: [family],
  }));
}

const wireguardNeed: Need = {
  attempt: trials.wireguard,
  lacks: "kernel has no wireguard module, which the topology's encryption needs",
  fix: `modprobe wireguard on the host, or ${otherProviders}`,
};

const ipv6Need: Need = {
  attempt: "[ -e /proc/sys/net/ipv6/conf/all/forwarding ]",
  lacks: "kernel has no IPv6",
  fix: "boot without ipv6.disable=1, or use --family 4",
  families: [6],
};

/** By node, in their order. Of namespaces on one host, which share its kernel and its programs, one is tried for all. */
async function failedNeeds({ nodes }: Lab, needs: readonly Need[]): Promise<readonly ReadonlySet<Need>[]> {
  const script = needs.map((need, index) => `{ ${need.attempt}; } >/dev/null 2>&1 || echo ${index}`).join("\n");
  const alike = [...groupBy(nodes, ({ executor }) => outsideOf(executor)).values()];
  const results = await runScripts(
    alike.flatMap(([first]) => (first === undefined ? [] : [{ executor: first.executor, script }])),
  );
  const failed = new Map(
    results.flatMap(({ stdout }, group) => {
      const numbers = new Set(stdout.split("\n"));
      const own = new Set(needs.filter((_, index) => numbers.has(String(index))));
      return (alike[group] ?? []).map((node) => [node, own] as const);
    }),
  );
  return nodes.map((node) => failed.get(node) ?? new Set());
}

function requirement({ lacks, fix, families }: Need, nodes: readonly string[]): Requirement {
  const reason = `${nodes.length === 1 ? "node" : "nodes"} ${nodes.join(", ")}: ${lacks}`;
  return { reason, fix, ...(families === undefined ? {} : { families }) };
}
