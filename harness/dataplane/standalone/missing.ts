import type { BgpDesign } from "../../encap/bgp.ts";
import type { Mode } from "../../encap/mode.ts";
import { modesWithin } from "../../encap/pool-mode.ts";
import { runScript } from "../../exec/script.ts";
import { hasOwnAs } from "../../topology/autonomous-system.ts";
import type { Lab } from "../../lab/lab.ts";
import { packageFor } from "../../lab/host-tools.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Requirement } from "../dataplane.ts";
import { missingFabric } from "../fabric/bgp-fabric.ts";
import { missingOn } from "../program/missing.ts";
import type { RuleBackend } from "./node-command.ts";
import { isBefore } from "./is-before.ts";
import type { Located } from "./locate.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** Programs that a lab with Calico needs. */
const tools: readonly string[] = ["curl", "unshare"];

/** Programs that Calico's own call, by what Felix writes its rules with; an image brings its own. */
const calledByCalico: Readonly<Record<RuleBackend, readonly string[]>> = {
  iptables: ["iptables-save", "ipset", "conntrack"],
  nftables: ["nft", "conntrack"],
};

/**
 * Whether BIRD must run: routes of IPIP and unencapsulated pools come by BGP with Calico v3.32's defaults, and routers that
 * learn by BGP want a peer in every mode.
 */
export function needsBgp(mode: Mode, plan: Plan): boolean {
  const own = plan.families.flatMap((family) => modesWithin(plan, mode, family));
  return own.some(({ encapsulation }) => encapsulation !== "vxlan") || plan.topology.fabric === "bgp";
}

/**
 * Every node peers with every other, which is Calico's default, unless the topology names reflectors, or autonomous systems: nodes of
 * several racks have no session with each other then, since Calico's mesh has no multihop for eBGP.
 */
export function bgpOf(mode: Mode, { plan }: Lab): { readonly bgp?: BgpDesign } {
  if (!needsBgp(mode, plan)) return {};
  if (plan.topology.reflectors !== undefined) return { bgp: { nodes: "reflectors" } };
  return { bgp: { nodes: hasOwnAs(plan.topology) ? "routers" : "mesh" } };
}

/** Which node has the backend of a Service with externalTrafficPolicy Local Calico learns from Kubernetes alone (confd's route generator). */
function balancersByBgp({ topology }: Plan): readonly Requirement[] {
  if (topology.loadBalancers === undefined || topology.fabric !== "bgp") return [];
  const reason =
    "Calico tells load balancer addresses by BGP where Kubernetes names the backends, without which it runs here";
  return [{ reason, fix: "write fabric: static in the topology, or --dataplane reference" }];
}

/** Reasons for which Calico cannot put a mode into effect on a lab. */
export async function missingCalico(
  mode: Mode,
  lab: Lab,
  located: Located,
  { etcd, rules }: { readonly etcd: string; readonly rules: RuleBackend },
): Promise<readonly Requirement[]> {
  if ("problem" in located) return [{ reason: located.problem.what, fix: located.problem.fix }];
  if (lab.machines !== undefined && lab.machines.payload === undefined) {
    const reason = "virtual machines need the whole root file system of Calico's image, not a folder of programs";
    return [{ reason, fix: "--calico-archive FILE" }];
  }
  if (lab.hostFiles !== true && lab.machines === undefined) {
    const reason = `Calico without Kubernetes runs where nodes have files of this host or are machines, which those of ${lab.provider} are not`;
    return [{ reason, fix: otherProviders }];
  }
  const asked = Object.values(lab.plan.topology.autodetection ?? {});
  if (asked.includes("kubernetes-internal-ip")) {
    const reason = "autodetection: kubernetes-internal-ip asks Kubernetes, which Calico runs without here";
    return [{ reason, fix: "give another method, or --dataplane reference" }];
  }
  const { bgp, root } = located.files;
  const noBird: Requirement = {
    reason: `${mode.calicoName} on fabric: ${lab.plan.topology.fabric} needs BIRD, which this Calico does not include`,
    fix: "put Calico's bird, bird6, birdcl and the node image's /etc/calico/confd beside calico-node",
  };
  const programs = [...tools, ...(root === undefined ? calledByCalico[rules] : []), etcd];
  return [
    ...(needsBgp(mode, lab.plan) && bgp === undefined ? [noBird] : []),
    ...balancersByBgp(lab.plan),
    ...(await missingPrograms(lab, programs, etcd)),
    ...(await missingFabric(lab, false)),
    ...(await missingOn(mode, lab)),
  ];
}

/** Why a release lets nobody say who makes the routes: Felix can since v3.31, BIRD can be kept from it since v3.32 (calico#11845). */
export function ownerless({ topology }: Plan, releases: readonly string[]): readonly Requirement[] {
  const old = releases.find((release) => isBefore(release, 3, 32));
  if (topology.routeOwner !== "felix" || old === undefined) return [];
  const reason = `with Calico ${old} BIRD makes these routes, and nothing keeps it from it`;
  return [{ reason, fix: "take v3.32 or newer" }];
}

/** All nodes of namespaces share one file system: one is asked. Machines carry what they need: this host is asked. */
async function missingPrograms(lab: Lab, programs: readonly string[], etcd: string): Promise<readonly Requirement[]> {
  const executor = lab.machines?.host ?? lab.nodes[0]?.executor;
  if (executor === undefined) return [];
  const script = programs.map((program) => `command -v '${program}' >/dev/null || echo '${program}'`).join("\n");
  const { stdout } = await runScript(executor, script);
  const absent = new Set(stdout.split("\n"));
  return programs
    .filter((program) => absent.has(program))
    .map((program) => {
      const name =
        program === etcd ? `${packageFor("etcd", "debian")}, or pass --etcd PATH` : packageFor(program, "debian");
      return { reason: `${program} is not installed`, fix: `install the package ${name}` };
    });
}
