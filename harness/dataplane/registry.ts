import { UsageError } from "../core/errors.ts";
import { calicoDataplane, type CalicoOptions } from "./calico/calico-dataplane.ts";
import type { Dataplane } from "./dataplane.ts";
import { referenceDataplane } from "./reference/reference-dataplane.ts";

/** What the dataplanes need to know from the command line. */
export interface DataplaneOptions {
  readonly calico?: CalicoOptions;
}

/** All dataplanes, by the names that `--dataplane` takes. To add one, add a line. */
export const dataplanes: Readonly<Record<string, (options: DataplaneOptions) => Dataplane>> = {
  calico: ({ calico }) => calicoDataplane(calico ?? {}),
  reference: () => referenceDataplane,
};

/** Names that `--dataplane` takes. */
export const dataplaneNames: readonly string[] = ["auto", ...Object.keys(dataplanes)];

/**
 * The dataplane of that name; `auto` is real Calico where a source of it was given, and otherwise the reference. UsageError
 * lists all names.
 */
export function createDataplane(name = "auto", options: DataplaneOptions = {}): Dataplane {
  const chosen = name !== "auto" ? name : options.calico?.source === undefined ? "reference" : "calico";
  const make = Object.hasOwn(dataplanes, chosen) ? dataplanes[chosen] : undefined;
  if (make !== undefined) return make(options);
  throw new UsageError(`unknown dataplane "${name}"; known: ${dataplaneNames.join(", ")}`);
}
