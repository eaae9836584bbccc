import { vxlanOptionFault } from "./vxlan-option.ts";

/** The culprit's VXLAN packets may not be cut on the way. */
export const outerDontFragment = vxlanOptionFault(
  "outer-dont-fragment",
  "a node forbids fragments of VXLAN packets",
  "no known report: a device made by something other than Calico",
  "df set",
);
