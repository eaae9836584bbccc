import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { addRulesToAll } from "./add-rules.ts";
import { faultFamily, type Actor } from "./cast.ts";
import { familyWord, poolSet } from "./pool-set.ts";

/**
 * Lets a node's pods go out with their own addresses: to these networks or addresses, or to all that no pool has. Source NAT to the address
 * that is there already is a decision too: it keeps the dataplane's rule from being asked.
 */
export function keepPodAddresses(
  network: Network,
  from: Actor,
  scope: Scope,
  toward?: readonly string[],
): Promise<readonly string[]> {
  const family = faultFamily(network);
  const ip = familyWord(network);
  const destination = toward === undefined ? `!= ${poolSet(network)}` : `{ ${toward.join(", ")} }`;
  const rules = network.identities.pods.flatMap(({ node, addresses }) => {
    const pod = addresses[family];
    if (node !== from.name || pod === undefined) return [];
    return [`oifname != "cali*" ${ip} saddr ${pod} ${ip} daddr ${destination} snat ${ip} to ${pod}`];
  });
  return addRulesToAll([from], "nat-postrouting", rules, scope);
}
