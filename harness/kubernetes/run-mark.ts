import { jsonOf } from "../core/json-of.ts";
import type { HostsOwner } from "../lab/owner-machine.ts";

/** Label that everything of ours in a cluster carries: `kubectl get all -A -l app.kubernetes.io/managed-by=encaplab`. */
const managedBy = { "app.kubernetes.io/managed-by": "encaplab" } as const;

/** The selector for it. */
export const managedBySelector = "app.kubernetes.io/managed-by=encaplab";

/** Keys of our own labels and annotations. */
export const keys = {
  run: "encaplab/run",
  owner: "encaplab/owner",
  label: "encaplab/label",
  provider: "encaplab/provider",
  plan: "encaplab/plan",
  node: "encaplab/node",
  pod: "encaplab/pod",
} as const;

/** Whose a run is: everything that it makes in a cluster tells so. */
export interface RunMark {
  readonly runId: string;
  readonly owner: HostsOwner;
  /** Digest of the plan that the lab was built from. */
  readonly digest: string;
  /** The provider that made the lab: a cluster that was made for a lab holds one of its runs too. */
  readonly provider: string;
}

/** The namespace of a run holds everything that it makes in the cluster. */
export function namespaceOf(runId: string): string {
  return `encaplab-${runId}`;
}

/** Labels of every object of a run. */
export function runLabels(runId: string): Readonly<Record<string, string>> {
  return { ...managedBy, [keys.run]: runId };
}

/** What a run's namespace tells; undefined where it is not ours or has lost its annotations. */
export interface NamespaceMark {
  readonly runId: string;
  readonly owner: HostsOwner;
  readonly digest: string;
  /** Missing where an older release made the namespace. */
  readonly provider?: string;
  /** As it is written there. */
  readonly label?: string;
}

/** A namespace as `kubectl get namespaces -o json` has it. */
export interface NamespaceObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

/** Reads the mark of a namespace back. */
export function markOf({ metadata }: NamespaceObject): NamespaceMark | undefined {
  const runId = metadata.labels?.[keys.run];
  const owner = jsonOf(metadata.annotations?.[keys.owner] ?? "") as HostsOwner | undefined;
  const digest = metadata.annotations?.[keys.plan];
  if (runId === undefined || owner === undefined || digest === undefined) return undefined;
  const provider = metadata.annotations?.[keys.provider];
  const label = metadata.annotations?.[keys.label];
  return {
    runId,
    owner,
    digest,
    ...(provider === undefined ? {} : { provider }),
    ...(label === undefined ? {} : { label }),
  };
}
