import { LabError, UsageError } from "../core/errors.ts";
import type { LabLabel, LabRef } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";

/** A lab together with the provider that made it. */
export interface FoundLab {
  readonly provider: Provider;
  readonly ref: LabRef;
}

/** Every lab and leftover that the providers find on this machine. */
export async function findLabs(providers: readonly Provider[]): Promise<readonly FoundLab[]> {
  const found = await Promise.all(
    providers.map(async (provider) => (await provider.discover()).map((ref) => ({ provider, ref }))),
  );
  return found.flat();
}

/** The lab that a verb is about: the named one, or the only one that was left up. */
export async function findKeptLab(
  providers: readonly Provider[],
  id: string | undefined,
): Promise<FoundLab & { readonly label: LabLabel }> {
  const all = await findLabs(providers);
  const kept = all.filter(({ ref }) => ref.state === "kept");
  const matching = id === undefined ? kept : kept.filter(({ ref }) => ref.runId === id);
  const [lab, ...others] = matching;
  const ids = kept.map(({ ref }) => ref.runId).join(", ");
  if (lab === undefined) {
    refuseUnreadable(all, id);
    const message = id === undefined ? "no lab is up" : `no lab "${id}" is up; available: ${ids || "none"}`;
    throw new UsageError(message, { fix: "npm run lab -- up --mode VXLANCrossSubnet" });
  }
  if (others.length > 0) throw new UsageError(`several labs are up: ${ids}`, { fix: "specify one of them" });
  if (lab.ref.label === undefined) {
    throw new UsageError(`lab ${lab.ref.runId} has lost its label, so its topology is unknown`, {
      fix: `npm run lab -- down ${lab.ref.runId}`,
    });
  }
  return { ...lab, label: lab.ref.label };
}

function refuseUnreadable(labs: readonly FoundLab[], id: string | undefined): void {
  const lab = labs.find(({ ref }) => ref.state === "unreadable" && (id === undefined || ref.runId === id));
  if (lab === undefined) return;
  throw new LabError(`the label of lab ${lab.ref.runId} cannot be read: ${lab.ref.unreadable ?? "no reason given"}`, {
    fix: `try again; if it stays so: npm run lab -- down ${lab.ref.runId}`,
  });
}
