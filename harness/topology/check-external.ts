import type { ValueProblem } from "../core/yaml/value-problem.ts";
import { contains, reservedIn, withoutPrefix } from "./address.ts";
import { checkSubnetName } from "./check-subnet-name.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ExternalHost, Family, Topology } from "./topology.ts";

/** Hosts outside of the cluster: a subnet that exists and an address in it. */
export function checkExternal(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return (topology.external ?? []).flatMap((host) => [
    ...checkSubnetName(topology, file, ["external", host.name, "subnet"], host.subnet),
    ...topology.families.flatMap((family) => checkAddress(topology, host, family)),
  ]);
}

function checkAddress(topology: Topology, host: ExternalHost, family: Family): readonly ValueProblem[] {
  const network = topology.subnets.find(({ name }) => name === host.subnet)?.cidrs[family];
  const own = host.addresses[family];
  const path = ["external", host.name, family === 4 ? "address" : "address6"];
  if (network === undefined) return [];
  if (own === undefined) return [{ path, message: `${network} is too small for this host's address; set address` }];
  const address = withoutPrefix(own);
  if (!contains(network, address)) return [{ path, message: `${address} is outside ${host.subnet} (${network})` }];
  const reserved = reservedIn(network, address, family);
  return reserved === undefined ? [] : [{ path, message: `${address} is the ${reserved} of ${network}` }];
}
