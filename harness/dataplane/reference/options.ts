import { fabricTools } from "../fabric/fabric-tools.ts";
import type { DataplaneOffer } from "../offer.ts";
import { routeOwnerFlag } from "../route-owner.ts";
import { referenceDataplane } from "./reference-dataplane.ts";

/** The kernel programmed as Calico documents it: what is left where no Calico is given. */
export const referenceOffer: DataplaneOffer = {
  name: "reference",
  group: "lab",
  flags: { routeOwner: routeOwnerFlag },
  taken: () => true,
  make: () => referenceDataplane,
  tools: (_, plan) => fabricTools(plan),
};
