import type { Dataplane } from "./dataplane.ts";
import { referenceDataplane } from "./reference/reference-dataplane.ts";

/** All dataplanes, by the names that `--dataplane` takes; the first that can run a mode is `auto`'s choice. */
export const dataplanes: readonly Dataplane[] = [referenceDataplane];
