import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";

/** Has the culprit's routers change a field of the outer IP header of tunneled packets: "dscp set cs1". */
export function rewriteOuter(network: Network, change: string, scope: Scope): Promise<readonly string[]> {
  const rules = ["ip", "ip6"].map((family) => `udp dport ${vxlanPort} ${family} ${change}`);
  return addRulesToAll(routersOf(network), "forward", rules, scope);
}
