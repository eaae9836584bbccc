import { LabError } from "../../core/errors.ts";
import type { Mode } from "../../encap/mode.ts";
import { poolModes, poolsInUse, type ClusterPool } from "../../kubernetes/ip-pools.ts";
import type { Patch } from "../../kubernetes/former-state.ts";
import type { CalicoState, Installation } from "./calico-state.ts";
import { operatorWord } from "./render-installation.ts";

/** How a mode is put into effect in a cluster, and how the former one is put back. */
export interface ModeChange {
  /** In the order in which they are applied. */
  readonly apply: readonly Patch[];
  /** Pools made to agree by hand, where the operator cannot write them. */
  readonly byHand: readonly Patch[];
  readonly undo: readonly Patch[];
}

/**
 * The patches of a change of mode. With the operator the Installation is patched and not the pool, which it would
 * revert; at the end both are restored, because the operator may be unable to write pools.
 */
export function modeChange(state: CalicoState, mode: Mode): ModeChange {
  const used = poolsInUse(state.pools);
  const pools = used.map((pool) => poolPatch(state, pool, poolModes(mode, pool.family)));
  const poolsBack = used.map((pool) => poolPatch(state, pool, pool));
  const { installation } = state;
  if (installation === undefined || !used.some(({ byOperator }) => byOperator))
    return { apply: pools, byHand: [], undo: poolsBack };
  const there = installation.pools.map((pool) => pool.encapsulation ?? "IPIP");
  const wanted = installation.pools.map((pool) => operatorWord(mode, pool.cidr));
  return {
    apply: [installationPatch(installation, wanted, state)],
    byHand: pools,
    undo: [installationPatch(installation, there, state), ...poolsBack],
  };
}

function poolPatch(
  { group }: CalicoState,
  { name }: ClusterPool,
  { ipipMode, vxlanMode }: Pick<ClusterPool, "ipipMode" | "vxlanMode">,
): Patch {
  return {
    resource: `ippools.${group}`,
    name,
    type: "merge",
    patch: JSON.stringify({ spec: { ipipMode, vxlanMode } }),
  };
}

/** Each pool is tested before it is changed: somebody may have changed the list meanwhile. */
function installationPatch(installation: Installation, words: readonly string[], state: CalicoState): Patch {
  if (installation.pools.length === 0) {
    throw new LabError("the Installation names no IP pool, so the operator's default cannot be changed", {
      where: state.access.name,
      fix: "write the pool into spec.calicoNetwork.ipPools of the Installation",
    });
  }
  const operations = installation.pools.flatMap(({ cidr }, index) => [
    { op: "test", path: `/spec/calicoNetwork/ipPools/${index}/cidr`, value: cidr },
    { op: "add", path: `/spec/calicoNetwork/ipPools/${index}/encapsulation`, value: words[index] },
  ]);
  const { name } = installation;
  return { resource: "installations.operator.tigera.io", name, type: "json", patch: JSON.stringify(operations) };
}
