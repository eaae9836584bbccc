import { vxlanOptionFault } from "./vxlan-option.ts";

/** The culprit's VXLAN packets live for fewer hops than the system's default. */
export const shortTtl = vxlanOptionFault(
  "short-ttl",
  "a node sends VXLAN with a TTL of its own",
  "no known report: a device made by something other than Calico",
  "ttl 32",
);
