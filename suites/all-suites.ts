import type { Suite } from "../harness/run/suite.ts";
import ipipAlways from "./encapsulation/ipip-always.ts";
import ipipCrossSubnet from "./encapsulation/ipip-cross-subnet.ts";
import none from "./encapsulation/none.ts";
import pools from "./encapsulation/pools.ts";
import vxlanAlways from "./encapsulation/vxlan-always.ts";
import vxlanCrossSubnet from "./encapsulation/vxlan-cross-subnet.ts";
import podMtu from "./mtu/pod-mtu.ts";
import indicative from "./throughput/indicative.ts";

/** Every suite there is; a new file in this folder is added here. */
export const allSuites: readonly Suite[] = [
  none,
  ipipAlways,
  ipipCrossSubnet,
  vxlanAlways,
  vxlanCrossSubnet,
  pools,
  podMtu,
  indicative,
];
