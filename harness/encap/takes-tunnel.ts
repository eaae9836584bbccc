import type { Family } from "../topology/topology.ts";
import type { NodeIdentity } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { modeToward } from "./pool-mode.ts";
import { inSameSubnet } from "./same-subnet.ts";
import { encapsulationOf } from "./tunnel.ts";

/**
 * Whether a node sends to an address on another through the tunnel: the mode of the pool that it is of decides, with what the sender
 * takes for its own subnet.
 */
export function takesTunnel(
  mode: Mode,
  family: Family,
  from: NodeIdentity,
  to: NodeIdentity,
  address: string,
): boolean {
  const own = modeToward(mode, to, address);
  if (encapsulationOf(own, family) === "none") return false;
  switch (own.policy) {
    case "Never":
      return false;
    case "CrossSubnet":
      return !inSameSubnet(from, to, family);
    case "Always":
      return true;
  }
}
