import type { ProbeObservation } from "../observe/observation.ts";

/**
 * The errors that told a probe's sender of a link with a smaller MTU, as packets are printed: ICMP type 3 code 4, also of routers that tell no MTU
 * (RFC 1191 4), and ICMPv6 type 2 (RFC 4443 3.2).
 */
export function needFragErrors({ icmpErrors }: ProbeObservation): ProbeObservation["icmpErrors"] {
  return icmpErrors.filter(({ text }) =>
    /^ICMP (fragmentation needed|unreachable code 4)|^ICMPv6 packet too big/.test(text),
  );
}
