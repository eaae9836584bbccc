import { probePorts } from "../probe/probe-command.ts";
import type { Probe } from "../probe/probe.ts";

/** Ports whose UDP is the probes', from whatever port it comes: responders' own, and NodePorts that are dialed. */
export function plainPortsOf(probes: readonly Probe[]): readonly number[] {
  return [...probePorts, ...new Set(probes.flatMap(({ path }) => path.nodePort?.port ?? []))];
}
