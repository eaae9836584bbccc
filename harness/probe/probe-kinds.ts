import type { ProbeKind } from "./probe.ts";

/** Whether some of a probe's packets must not arrive: it tells of sizes, and of nothing else. */
export function isOfSizes(kind: ProbeKind): boolean {
  return kind === "mtu" || kind === "sweep";
}

/** Whether a probe is made of datagrams, which one program sends for many probes. */
export function isOfDatagrams(kind: ProbeKind): boolean {
  return kind === "udp" || kind === "sweep";
}
