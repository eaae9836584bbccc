/** The nodes of a plan, a lab or a network, and the hosts outside of the cluster: all that stand in its subnets with one uplink. */
export function hostsOf<Host>({
  nodes,
  external = [],
}: {
  readonly nodes: readonly Host[];
  readonly external?: readonly Host[];
}): readonly Host[] {
  return [...nodes, ...external];
}
