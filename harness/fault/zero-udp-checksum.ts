import { vxlanOptionFault } from "./vxlan-option.ts";

/** The culprit's VXLAN packets carry no UDP checksum. */
export const zeroUdpChecksum = vxlanOptionFault(
  "zero-udp-checksum",
  "a node sends VXLAN without UDP checksums",
  "no known report: a device made by something other than Calico",
  "noudpcsum",
);
