import type { Mode } from "../../encap/mode.ts";
import { isEncrypted } from "../../encap/wireguard.ts";
import { encapsulationsWithin, isOfAllPools } from "../../encap/pool-mode.ts";
import { runScript } from "../../exec/script.ts";
import { poolsInWords } from "../../kubernetes/ip-pools.ts";
import type { ClusterPart } from "../../kubernetes/kubernetes-lab.ts";
import type { Lab } from "../../lab/lab.ts";
import { declaredIn } from "../../topology/declared.ts";
import type { Requirement } from "../dataplane.ts";
import { modeOf, type CalicoState } from "./calico-state.ts";

/** What the user has permitted. */
export interface Permits {
  readonly allowModeChange: boolean;
}

/** Reasons for which a mode cannot be judged on a cluster; `state` is missing where Calico is yet to be installed. */
export async function missingInCluster(
  mode: Mode,
  lab: Lab,
  kubernetes: ClusterPart,
  state: CalicoState | undefined,
  permits: Permits,
): Promise<readonly Requirement[]> {
  const unready = notSetUp(mode, lab);
  if (unready.length > 0) return unready;
  return [
    ...unencrypted(lab),
    ...(state === undefined ? [] : notPermitted(mode, kubernetes, state, permits)),
    ...(state === undefined ? [] : noRoutes(mode, lab, state)),
    ...noIpipForIpv6(mode, lab),
    ...(await kernelLacks(mode, lab)),
  ];
}

/** FelixConfiguration is not written there, and nobody reads the WireGuard addresses of nodes. */
function unencrypted({ plan }: Lab): readonly Requirement[] {
  if (!isEncrypted(plan)) return [];
  return [{ reason: "WireGuard is not set up in Kubernetes yet", fix: "use a lab without Kubernetes" }];
}

/** The manifest and the Installation are written for Calico's own configuration, and for one pool per family, which every node takes from. */
function notSetUp(mode: Mode, { plan, borrowed }: Lab): readonly Requirement[] {
  // Pools of a cluster that is somebody's are there already.
  if (borrowed === true) return [];
  const [declared] = Object.keys(declaredIn(plan.topology));
  if (declared !== undefined)
    return [
      { reason: `${declared} of a topology is not set up in Kubernetes yet`, fix: "use a lab without Kubernetes" },
    ];
  const own = plan.topology.pools.some(
    ({ policy, takers, natOutgoing, pods, disabled, allowedUses }) =>
      (policy ?? takers ?? natOutgoing ?? pods ?? disabled ?? allowedUses) !== undefined,
  );
  if (!own && isOfAllPools(mode)) return [];
  return [
    { reason: "pools with words of their own are not set up in Kubernetes yet", fix: "use a lab without Kubernetes" },
  ];
}

function notPermitted(
  mode: Mode,
  { standing }: ClusterPart,
  state: CalicoState,
  { allowModeChange }: Permits,
): readonly Requirement[] {
  const now = modeOf(state);
  if (standing === "lab" || allowModeChange || now.id === mode.id) return [];
  return [
    {
      reason: `the cluster is in mode ${now.calicoName}, and runs do not change it unless allowed to`,
      fix: "--allow-mode-change changes its mode for the run and restores it at the end",
      drift: { configured: now.id, expected: mode.calicoName, observed: poolsInWords(state.pools) },
    },
  ];
}

/** Without BIRD nobody makes routes for pools without VXLAN. */
function noRoutes(mode: Mode, { plan }: Lab, { nodeDaemon, installation }: CalicoState): readonly Requirement[] {
  const bird = nodeDaemon?.backend === "bird" && installation?.bgp !== "Disabled";
  const onlyVxlan = [...encapsulationsWithin(plan, mode)].every((kind) => kind === "vxlan");
  if (onlyVxlan || nodeDaemon === undefined || bird) return [];
  const fix =
    installation === undefined
      ? "set calico_backend: bird in ConfigMap calico-config and restart calico-node"
      : "set spec.calicoNetwork.bgp of the Installation to Enabled";
  return [{ reason: `${mode.calicoName} gets its routes by BGP, which this Calico has turned off`, fix }];
}

function noIpipForIpv6(mode: Mode, { plan }: Lab): readonly Requirement[] {
  if (mode.encapsulation !== "ipip" || !plan.families.includes(6)) return [];
  return [{ families: [6], reason: "Calico has no IPIP for IPv6", fix: "choose a VXLAN mode for IPv6" }];
}

/**
 * A kernel that has the tunnel built in shows its receive function in kallsyms; one that can load modules is taken to have
 * it. Nothing is tried out on nodes that are somebody's.
 */
const kernelScript = (kind: string): string =>
  `[ -d /sys/module/${kind} ] || [ -e /proc/modules ] || grep -q ' ${kind}_rcv$' /proc/kallsyms || echo lacks`;

async function kernelLacks(mode: Mode, lab: Lab): Promise<readonly Requirement[]> {
  const kinds = encapsulationsWithin(lab.plan, mode);
  const kind = kinds.has("ipip") ? "ipip" : kinds.has("vxlan") ? "vxlan" : undefined;
  if (kind === undefined) return [];
  const answers = await Promise.all(
    lab.nodes.map(async ({ name, executor }) => {
      const { stdout } = await runScript(executor, kernelScript(kind));
      return stdout.includes("lacks") ? [name] : [];
    }),
  );
  const nodes = answers.flat();
  if (nodes.length === 0) return [];
  const which = nodes.length === 1 ? "node" : "nodes";
  const families = kind === "ipip" ? { families: [4] as const } : {};
  return [
    {
      ...families,
      reason: `${which} ${nodes.join(", ")}: the kernel has no ${kind} and cannot load modules`,
      fix: "use nodes with another kernel",
    },
  ];
}
