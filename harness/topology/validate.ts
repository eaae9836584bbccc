import { checkAddresses } from "./check-addresses.ts";
import { checkExternal } from "./check-external.ts";
import { checkAs } from "./check-as.ts";
import { checkMtu } from "./check-mtu.ts";
import { checkLoadBalancers } from "./check-load-balancers.ts";
import { checkNetworks } from "./check-networks.ts";
import { checkPools } from "./check-pools.ts";
import { checkReach } from "./check-reach.ts";
import { checkSharedServices } from "./check-shared-services.ts";
import { checkReferences } from "./check-references.ts";
import { checkUplinks } from "./check-uplinks.ts";
import type { Topology } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";

/** Every reason for which a well-formed topology cannot become a lab; [] = can. */
export function validateTopology(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return [
    ...checkReferences(topology, file),
    ...checkNetworks(topology, file),
    ...checkAddresses(topology, file),
    ...checkUplinks(topology, file),
    ...checkExternal(topology, file),
    ...checkPools(topology, file),
    ...checkLoadBalancers(topology),
    ...checkSharedServices(topology, file),
    ...checkReach(topology, file),
    ...checkMtu(topology, file),
    ...checkAs(topology),
  ];
}
