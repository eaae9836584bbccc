import { UsageError } from "../core/errors.ts";
import { calicoDataplane, type CalicoOptions } from "./standalone/standalone-dataplane.ts";
import type { Dataplane } from "./dataplane.ts";
import { kubernetesCalico, type KubernetesCalicoOptions } from "./kubernetes/index.ts";
import { referenceDataplane } from "./reference/reference-dataplane.ts";

/** What the dataplanes need to know from the command line. */
export interface DataplaneOptions {
  readonly calico?: CalicoOptions;
  /** Given where the labs are clusters: Calico then comes with them. */
  readonly kubernetes?: KubernetesCalicoOptions;
}

/** All dataplanes, by the names that `--dataplane` takes. To add one, add a line. */
export const dataplanes: Readonly<Record<string, (options: DataplaneOptions) => Dataplane>> = {
  calico: ({ calico, kubernetes }) =>
    kubernetes === undefined ? calicoDataplane(calico ?? {}) : kubernetesCalico(kubernetes),
  reference: () => referenceDataplane,
};

/** Names that `--dataplane` takes. */
export const dataplaneNames: readonly string[] = ["auto", ...Object.keys(dataplanes)];

/**
 * The dataplane of that name; `auto` is real Calico where a source of it was given or the lab is a cluster, and otherwise
 * the reference. UsageError lists all names, or tells that a cluster takes no reference dataplane.
 */
export function createDataplane(name = "auto", options: DataplaneOptions = {}): Dataplane {
  const real = options.calico?.source !== undefined || options.kubernetes !== undefined;
  const chosen = name !== "auto" ? name : real ? "calico" : "reference";
  if (chosen === "reference" && options.kubernetes !== undefined) throw noReference();
  const make = Object.hasOwn(dataplanes, chosen) ? dataplanes[chosen] : undefined;
  if (make !== undefined) return make(options);
  throw new UsageError(`unknown dataplane "${name}"; known: ${dataplaneNames.join(", ")}`);
}

function noReference(): UsageError {
  return new UsageError(
    "the reference dataplane cannot be put into a cluster, where Calico's own rules and routes are",
    {
      fix: "leave --dataplane out, or take --provider netns, vm or docker",
    },
  );
}
