import type { Scope } from "../core/scope.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab, LabLabel } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { declaredIn } from "../topology/declared.ts";
import type { RunListener } from "./record.ts";

/** What stands on a lab that stays, beside its plan and mode: enough for `check` to ask the same again. */
export type LabMemory = Pick<LabLabel, "asked" | "flags">;

/** A lab that shall stay, in the mode that it is in. */
interface Keeping {
  readonly provider: Provider;
  readonly lab: Lab;
  readonly mode: Mode;
  readonly dataplane: Dataplane;
  readonly podMtu?: number;
  readonly memory?: LabMemory;
  readonly listener?: RunListener;
}

/** Leaves a lab up in its mode: labels it so that `check` and `down` find it, and lets go of its scopes. */
export async function keepLab(keeping: Keeping, scopes: readonly Scope[]): Promise<void> {
  const { provider, lab, mode, dataplane, podMtu, memory, listener } = keeping;
  const { topology, digest, families } = lab.plan;
  await provider.label(lab, {
    topology: topology.source,
    digest,
    families,
    mode: mode.id,
    dataplane: dataplane.name,
    ...(podMtu === undefined ? {} : { podMtu }),
    ...declaredIn(topology),
    ...memory,
    kept: true,
  });
  for (const scope of scopes) scope.release();
  await listener?.on({ kind: "kept", runId: lab.runId, byHand: lab.byHand ?? {} });
}
