import type { Difference } from "./compare.ts";

/** A difference between real Calico and the reference that is known, with why it is there and why it may stay. */
interface Known {
  readonly matches: (difference: Difference) => boolean;
  readonly because: string;
}

/** Seen with Calico v3.32.1 on kernel 6.18. `a` is Calico and `b` the reference, in the words of `lab compare`. */
const known: readonly Known[] = [
  {
    matches: ({ what, subject, b }) => what === "neighbor" && /^pod .* on cali/.test(subject) && b === undefined,
    because:
      "Felix enters each local pod's MAC as a permanent neighbor (static ARP, felix routetable); the reference leaves it to ARP, which never shows on an uplink",
  },
  {
    matches: ({ what, subject, a, b }) =>
      what === "device" && subject === "vxlan.calico" && a?.replace("fe80::/64,", "") === b,
    because:
      "with IPv6 on the node Calico leaves the kernel's link-local address on its IPv4 tunnel; the reference turns IPv6 off there, so that the device sends no solicitations",
  },
];

/** Why a difference is there, in one sentence; undefined for one that nobody has explained, which is a fault of the reference. */
export function explainDifference(difference: Difference): string | undefined {
  return known.find(({ matches }) => matches(difference))?.because;
}
