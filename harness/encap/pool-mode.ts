import { contains } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { holdsPods } from "../topology/pool-of.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity, PoolIdentity } from "./identity.ts";
import { modes, type Encapsulation, type Mode, type PoolMode } from "./mode.ts";

/** The mode of a pool that nobody says a mode for. */
const plain: PoolMode = { id: "none", encapsulation: "none", policy: "Never", calicoName: "None" };

/** What the pools say for themselves; nothing where all are as the run's mode has them. */
export function poolIdentities({ topology }: Plan): { readonly pools?: readonly PoolIdentity[] } {
  const pools = topology.pools.filter(holdsPods);
  const own = pools.some(
    ({ policy, encapsulation, natOutgoing, disabled }) =>
      policy !== undefined || encapsulation !== undefined || natOutgoing === false || disabled === true,
  );
  if (!own) return {};
  return {
    pools: pools.map(({ cidr, encapsulation, policy, natOutgoing }) => {
      const mode = modes.find(({ calicoName }) => calicoName === encapsulation);
      return {
        cidr,
        ...(mode === undefined ? {} : { mode }),
        ...(policy === undefined ? {} : { policy }),
        ...(natOutgoing === false ? { keepsSource: true as const } : {}),
      };
    }),
  };
}

/** The pool that an address is of, among those that say something for themselves. */
export function poolOfAddress({ pools = [] }: Pick<NodeIdentity, "pools">, address: string): PoolIdentity | undefined {
  return pools.find(({ cidr }) => contains(cidr, address));
}

/** How packets to an address on a node are carried: the pool of the destination decides, whoever sends. */
export function modeToward(mode: Mode, to: Pick<NodeIdentity, "pools">, address: string): PoolMode {
  if (isOfAllPools(mode) && (to.pools === undefined || mode.encapsulation === "none")) return mode;
  const pool = poolOfAddress(to, address);
  if (!isOfAllPools(mode)) return pool?.mode ?? plain;
  return pool?.policy === undefined ? mode : { ...mode, policy: pool.policy };
}

/** Whether a mode is one for all pools. */
export function isOfAllPools(mode: Mode): mode is PoolMode {
  return mode.encapsulation !== "by pool";
}

/** The modes of the pools of a family: the run's own, or one for each encapsulation that pools have. */
export function modesWithin({ topology }: Plan, mode: Mode, family: Family): readonly PoolMode[] {
  if (isOfAllPools(mode)) return [mode];
  const words = topology.pools
    .filter((pool) => pool.family === family)
    .map(({ encapsulation = "None" }) => encapsulation);
  const own = modes.filter(({ calicoName }) => words.includes(calicoName as (typeof words)[number]));
  return own.filter(
    ({ encapsulation }, index) => own.findIndex((other) => other.encapsulation === encapsulation) === index,
  );
}

/** The encapsulations that a run's mode has anywhere in these families. */
export function encapsulationsWithin(plan: Plan, mode: Mode): ReadonlySet<Encapsulation> {
  return new Set(
    plan.families.flatMap((family) => modesWithin(plan, mode, family).map(({ encapsulation }) => encapsulation)),
  );
}
