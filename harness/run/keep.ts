import type { Scope } from "../core/scope.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";

/** Leaves a lab up in its mode: labels it so that `check` and `down` find it, and lets go of its scopes. */
export async function keepLab(
  provider: Provider,
  lab: Lab,
  mode: Mode,
  dataplane: Dataplane,
  scopes: readonly Scope[],
): Promise<void> {
  const { topology, digest, families } = lab.plan;
  await provider.label(lab, {
    topology: topology.source,
    digest,
    families,
    mode: mode.id,
    dataplane: dataplane.name,
    kept: true,
  });
  for (const scope of scopes) scope.release();
}
