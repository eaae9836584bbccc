import { UsageError } from "../core/errors.ts";
import type { Dataplane } from "./dataplane.ts";
import { referenceDataplane } from "./reference/reference-dataplane.ts";

/** All dataplanes, by the names that `--dataplane` takes. To add one, add a line. */
export const dataplanes: readonly Dataplane[] = [referenceDataplane];

/** The dataplane of that name; `auto` is the first that there is. UsageError lists all names. */
export function createDataplane(name = "auto"): Dataplane {
  const dataplane = dataplanes.find((candidate) => name === "auto" || candidate.name === name);
  if (dataplane !== undefined) return dataplane;
  const known = ["auto", ...dataplanes.map((candidate) => candidate.name)].join(", ");
  throw new UsageError(`unknown dataplane "${name}"; known: ${known}`);
}
