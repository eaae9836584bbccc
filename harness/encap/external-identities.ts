import { withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan } from "../topology/plan.ts";
import type { Identities, NodeIdentity } from "./identity.ts";

/** Who is outside of the cluster: the plan's own addresses hold there, whatever dataplane the nodes have. */
export function externalIdentities({ external, families }: Plan): Pick<Identities, "external"> {
  if (external === undefined) return {};
  return {
    external: external.map(({ name, uplink }): NodeIdentity => ({
      name,
      external: true,
      addresses: perFamily(families, (family) => {
        const address = uplink.addresses[family];
        return address && withoutPrefix(address);
      }),
      registered: {},
      uplink: uplink.device,
      blocks: {},
      tunnelAddresses: {},
    })),
  };
}
