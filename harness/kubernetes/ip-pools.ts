import { LabError } from "../core/errors.ts";
import { encapsulationOf } from "../encap/tunnel.ts";
import { modes, poolsMode, type Mode, type PoolMode } from "../encap/mode.ts";
import { familyOf } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import { itemsOf, kubectl, tryKubectl, type ClusterAccess } from "./access.ts";
import { saysNotThere } from "./kubectl-failure.ts";

/** API groups that hold Calico's resources: with the manifest or the operator; and with native v3 resources (v3.32 on). */
const calicoGroups = ["crd.projectcalico.org", "projectcalico.org"] as const;
export type CalicoGroup = (typeof calicoGroups)[number];

/** A pool of Calico's as the cluster has it. */
export interface ClusterPool {
  readonly name: string;
  readonly family: Family;
  readonly cidr: string;
  readonly blockSize: number;
  readonly ipipMode: string;
  readonly vxlanMode: string;
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  /** "all()" where every node takes from it. */
  readonly nodeSelector: string;
  /** Whether the operator keeps it as its Installation says. */
  readonly byOperator: boolean;
}

/** Every pool of the cluster, and the group by which it was read. */
export interface ClusterPools {
  readonly group: CalicoGroup;
  readonly pools: readonly ClusterPool[];
}

/** Reads all pools; a LabError where the cluster has no Calico. */
export async function readPools(access: ClusterAccess): Promise<ClusterPools> {
  for (const group of calicoGroups) {
    const args = ["get", `ippools.${group}`, "-o", "json"];
    const result = await tryKubectl(access, args);
    if (result.exitCode !== 0 && saysNotThere(result)) continue;
    const { stdout } = result.exitCode === 0 ? result : await kubectl(access, args);
    return { group, pools: (itemsOf(stdout, access.name) as readonly PoolObject[]).map(clusterPool) };
  }
  throw new LabError("the cluster has no Calico: its API has no IPPool", {
    where: access.name,
    fix: "install Calico there",
  });
}

/** Whether a cluster knows IP pools and has one: whether there is a Calico in it. */
export async function hasPools(access: ClusterAccess): Promise<boolean> {
  for (const group of calicoGroups) {
    const { exitCode, stdout } = await tryKubectl(access, ["get", `ippools.${group}`, "-o", "name"]);
    if (exitCode === 0 && stdout.trim() !== "") return true;
  }
  return false;
}

/** Pools that pods and tunnels take addresses from. */
export function poolsInUse(pools: readonly ClusterPool[]): readonly ClusterPool[] {
  return pools.filter(({ disabled }) => !disabled);
}

/**
 * The mode that the pools are configured for: one of all, or each pool's own where they are in different ones. A LabError where there is no
 * pool, or one whose settings are no mode.
 */
export function configuredMode(pools: readonly ClusterPool[], where: string): Mode {
  const used = poolsInUse(pools);
  if (used.length === 0) {
    throw new LabError("Calico has no enabled IP pool for pods", {
      where,
      fix: "create an IPPool, or put a CIDR into the Installation's calicoNetwork.ipPools",
    });
  }
  const common = modes.find((mode) => used.every((pool) => isIn(pool, mode)));
  if (common !== undefined) return common;
  if (used.every((pool) => modeOfPool(pool) !== undefined)) return poolsMode;
  throw new LabError("an IP pool is in no mode that Calico has", {
    where,
    tail: used.map(poolInWords).join("\n"),
    fix: "set ipipMode or vxlanMode of the pool to Never",
  });
}

/** The mode that a pool is in by itself. */
export function modeOfPool(pool: ClusterPool): PoolMode | undefined {
  return modes.find((mode) => isIn(pool, mode));
}

/** What the pools in use are set to, by their names. */
export function poolsInWords(pools: readonly ClusterPool[]): string {
  return poolsInUse(pools).map(poolInWords).join("; ");
}

function poolInWords({ name, cidr, ipipMode, vxlanMode }: ClusterPool): string {
  return `IPPool ${name} ${cidr}: IPIP ${ipipMode}, VXLAN ${vxlanMode}`;
}

/** What a pool's two settings must be in a mode: the other encapsulation is off. */
export function poolModes(mode: Mode, family: Family): { readonly ipipMode: string; readonly vxlanMode: string } {
  const encapsulation = encapsulationOf(mode, family);
  return {
    ipipMode: encapsulation === "ipip" ? mode.policy : "Never",
    vxlanMode: encapsulation === "vxlan" ? mode.policy : "Never",
  };
}

/** Whether a pool is in a mode. */
export function isIn(pool: ClusterPool, mode: Mode): boolean {
  const { ipipMode, vxlanMode } = poolModes(mode, pool.family);
  return pool.ipipMode === ipipMode && pool.vxlanMode === vxlanMode;
}

/** An IPPool as the API or calicoctl tells it. */
export interface PoolObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly cidr: string;
    readonly blockSize?: number | undefined;
    readonly ipipMode?: string | undefined;
    readonly vxlanMode?: string | undefined;
    readonly natOutgoing?: boolean | undefined;
    readonly disabled?: boolean | undefined;
    readonly nodeSelector?: string | undefined;
  };
}

/** Reads a pool. Defaults as in Calico's IPPool: modes Never, blocks of 26 and 122 bits. */
export function clusterPool({ metadata, spec }: PoolObject): ClusterPool {
  const family = familyOf(spec.cidr);
  return {
    name: metadata.name,
    family,
    cidr: spec.cidr,
    blockSize: spec.blockSize ?? (family === 4 ? 26 : 122),
    ipipMode: spec.ipipMode ?? "Never",
    vxlanMode: spec.vxlanMode ?? "Never",
    natOutgoing: spec.natOutgoing ?? false,
    disabled: spec.disabled ?? false,
    nodeSelector: spec.nodeSelector ?? "all()",
    byOperator: metadata.labels?.["app.kubernetes.io/managed-by"] === "tigera-operator",
  };
}
