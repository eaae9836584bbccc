import { didYouMean } from "../core/closest-name.ts";
import { LabError, UsageError } from "../core/errors.ts";
import { runOfLab } from "../core/run-id.ts";
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

/** What a word names of the labs that were found: one of them, or all of a run; UsageError where it names none. */
export function labsNamed(labs: readonly FoundLab[], word: string): readonly FoundLab[] {
  const named = labs.filter(({ ref: { runId } }) => runId === word || runOfLab(runId) === word);
  if (named.length > 0) return named;
  throw new UsageError(`no lab "${word}"${amongThem(labs, word)}`, {
    fix: "npm run lab -- status shows what is up and what is left",
  });
}

function amongThem(labs: readonly FoundLab[], word: string): string {
  const ids = [...new Set(labs.map(({ ref: { runId } }) => runId))].sort();
  return `${didYouMean(word, ids)}; available: ${ids.join(", ") || "none"}`;
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
    refusePassing(all, id);
    const message = id === undefined ? "no lab is up" : `no lab "${id}" is up${amongThem(kept, id)}`;
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

/** A lab that is there, but not to stay. */
function refusePassing(labs: readonly FoundLab[], id: string | undefined): void {
  const lab = id === undefined ? undefined : labs.find(({ ref: { runId } }) => runId === id);
  if (lab === undefined) return;
  const { runId, state } = lab.ref;
  const [whose, fix] =
    state === "stale"
      ? ["what a killed run left", "npm run lab -- down --stale removes it"]
      : ["that of a run which is under way, and goes with it", "npm run lab -- up --mode VXLANCrossSubnet"];
  throw new UsageError(`lab ${runId} is ${whose}`, { fix });
}
