import type { Plan } from "../topology/plan.ts";
import type { Identities } from "./identity.ts";

/** The Services with several backends of a plan; whoever makes pods makes these with the addresses of the plan. */
export function sharedIdentities({ allocation: { shared } }: Plan): Pick<Identities, "shared"> {
  return shared === undefined ? {} : { shared: shared.map(({ service: name, ...rest }) => ({ name, ...rest })) };
}
