import { vxlanOptionFault } from "./vxlan-option.ts";

/** The culprit's outer headers carry the pods' DSCP. */
export const inheritedTos = vxlanOptionFault(
  "inherited-tos",
  "a node copies DSCP from inner to outer headers",
  "no known report: a device made by something other than Calico",
  "tos inherit",
);
