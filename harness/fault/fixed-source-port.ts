import { vxlanOptionFault } from "./vxlan-option.ts";

/** All of the culprit's VXLAN flows look like one to whoever chooses between equal ways. */
export const fixedSourcePort = vxlanOptionFault(
  "fixed-source-port",
  "a node sends all VXLAN flows from one source port",
  "no known report: a device made by something other than Calico",
  "srcport 40000 40001",
);
