import type { Path } from "../encap/path.ts";

/** The port that a path's probes dial: a NodePort, a Service's, or the responder's own. */
export function portOf(
  { nodePort, service }: Path,
  ports: { readonly service: number; readonly direct: number },
): number {
  return nodePort?.port ?? (service === undefined ? ports.direct : ports.service);
}
