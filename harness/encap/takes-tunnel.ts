import type { Family } from "../topology/topology.ts";
import type { NodeIdentity } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { policyToward } from "./pool-policy.ts";
import { inSameSubnet } from "./same-subnet.ts";
import { encapsulationOf } from "./tunnel.ts";

/**
 * Whether a node sends to another's pods through the tunnel: the policy of the pool that they are in decides, with what the sender
 * takes for its own subnet.
 */
export function takesTunnel(mode: Mode, family: Family, from: NodeIdentity, to: NodeIdentity): boolean {
  if (encapsulationOf(mode, family) === "none") return false;
  switch (policyToward(mode, to, family)) {
    case "Never":
      return false;
    case "CrossSubnet":
      return !inSameSubnet(from, to, family);
    case "Always":
      return true;
  }
}
