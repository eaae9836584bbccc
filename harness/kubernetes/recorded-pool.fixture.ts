import type { ClusterPool } from "./ip-pools.ts";

/** The pool of the recorded cluster, in VXLANCrossSubnet: `testdata/manifest-CrossSubnet-ippools.json`. */
export const recordedPool: ClusterPool = {
  name: "default-ipv4-ippool",
  family: 4,
  cidr: "192.168.0.0/16",
  blockSize: 26,
  ipipMode: "Never",
  vxlanMode: "CrossSubnet",
  natOutgoing: true,
  disabled: false,
  nodeSelector: "all()",
  byOperator: false,
};
