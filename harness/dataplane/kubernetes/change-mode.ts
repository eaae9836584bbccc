import { LabError } from "../../core/errors.ts";
import { poll, type Look } from "../../core/poll.ts";
import type { Mode } from "../../encap/mode.ts";
import { applyPatch, rememberFormerState } from "../../kubernetes/former-state.ts";
import { isIn, poolsInUse } from "../../kubernetes/ip-pools.ts";
import { modeOf, readCalico, type CalicoState } from "./calico-state.ts";
import { modeChange, type ModeChange } from "./mode-patches.ts";

/** Milliseconds for the operator to write a pool (measured: 1 to 6 s), and to go back on a change that it does not agree with. */
const poolsTimeoutMs = 45_000;

/** Milliseconds for which the pools must stay as they are: an operator that disagrees reconciles within 10 s or so. */
const settleMs = 2_000;

/** Whose cluster it is decides whether the former state is kept. */
export interface ModeOwner {
  readonly runId: string;
  readonly namespace: string;
  readonly standing: "lab" | "guest";
}

/** Puts the pools into a mode and returns when the cluster has them so; what happened on the way stands in the notes. */
export async function changeMode(state: CalicoState, mode: Mode, owner: ModeOwner): Promise<readonly string[]> {
  if (modeOf(state).id === mode.id) return [];
  const { access } = state;
  const change = modeChange(state, mode);
  if (owner.standing === "guest") await rememberFormerState(access, owner, change.undo);
  for (const patch of change.apply) await applyPatch(access, patch);
  const byHand = await poolsFollow(state, mode, change);
  if (state.installation !== undefined) await staysSo(state, mode);
  return byHand
    ? ["the operator could not write the IP pool without Calico's API server, so it was made to agree by hand"]
    : [];
}

/** Waits until the pools are in the mode; tells whether they had to be made so by hand. */
async function poolsFollow({ access }: CalicoState, mode: Mode, change: ModeChange): Promise<boolean> {
  const done = { byHand: false };
  const look = async (): Promise<Look<boolean>> => {
    const now = await readCalico(access);
    const invalid = now.tigeraStatus.find(({ degraded, message }) => degraded && refuses.test(message));
    if (invalid !== undefined) throw refused(mode, invalid.message, access.name);
    const behind = poolsInUse(now.pools).filter((pool) => !isIn(pool, mode));
    if (behind.length === 0) return { done: true, value: done.byHand };
    if (!done.byHand && now.tigeraStatus.some(({ degraded, message }) => degraded && message.includes(cannotWrite))) {
      done.byHand = true;
      for (const patch of change.byHand) await applyPatch(access, patch);
    }
    const seen = behind.map(({ name, ipipMode, vxlanMode }) => `${name}: IPIP ${ipipMode}, VXLAN ${vxlanMode}`);
    return { done: false, seen: [...seen, ...degradedIn(now)].join("; ") };
  };
  return poll(look, {
    what: `the IP pools to be in mode ${mode.calicoName}`,
    timeoutMs: poolsTimeoutMs,
    intervalMs: 200,
    where: access.name,
    fix: "see kubectl describe tigerastatus ippools, and the operator's log",
  });
}

/** TigeraStatus `calico`, reason InvalidConfigurationError (recorded with v1.42.3). */
const refuses = /requires that BGP is enabled|InvalidConfiguration|is not valid/i;

/** TigeraStatus `ippools` (recorded with v1.42.3). */
const cannotWrite = "Unable to modify IP pools while Calico API server is unavailable";

function degradedIn({ tigeraStatus }: CalicoState): readonly string[] {
  return tigeraStatus
    .filter(({ component, degraded }) => degraded && ["calico", "ippools"].includes(component))
    .map(({ component, message }) => `${component} degraded: ${message}`);
}

function refused(mode: Mode, message: string, where: string): LabError {
  const fix = message.includes("BGP")
    ? "set spec.calicoNetwork.bgp of the Installation to Enabled, or take a VXLAN mode"
    : "see kubectl describe tigerastatus calico";
  return new LabError(`the operator refuses mode ${mode.calicoName}: ${message}`, { where, fix });
}

/** Looks again after a while: an operator that has another opinion puts the pool back. */
async function staysSo({ access }: CalicoState, mode: Mode): Promise<void> {
  let since: number | undefined;
  const look = async (): Promise<Look<undefined>> => {
    const now = await readCalico(access);
    const behind = poolsInUse(now.pools).find((pool) => !isIn(pool, mode));
    if (behind !== undefined) {
      throw new LabError(`something has set IP pool ${behind.name} back to another mode than ${mode.calicoName}`, {
        where: access.name,
        fix: "the operator reverts what its Installation does not say: see spec.calicoNetwork.ipPools there, and who else writes it",
      });
    }
    since ??= performance.now();
    const stayed = performance.now() - since >= settleMs;
    return stayed ? { done: true, value: undefined } : { done: false, seen: "it may yet be reverted" };
  };
  await poll(look, { what: "the IP pools to stay as they are", timeoutMs: 4 * settleMs, intervalMs: 400 });
}
