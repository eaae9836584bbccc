import type { ExpectedDirection, PathExpectation } from "../encap/expectation.ts";

/**
 * What a path must carry while the pods that ran before a change keep the MTU that they were made with, as in Calico: never more than that. Where
 * it is more than the mode gives new pods, only what is encapsulated is bound to the mode's, and the node that encapsulates is where a sender
 * learns of it. Pods of several MTUs leave it as it is. Pure.
 */
export function withRunningMtu(expectation: PathExpectation, running: readonly number[]): PathExpectation {
  const [mtu, ...others] = running;
  const { podMtu: fresh, pathMtu, forward, reverse, overhead, mtus } = expectation;
  if (mtu === undefined || others.length > 0 || mtu === fresh) return expectation;
  const isBound = forward.outer !== undefined;
  const most = Math.min(mtu, pathMtu ?? (isBound ? fresh : mtu));
  const narrowed = (direction: ExpectedDirection): ExpectedDirection =>
    mtu > fresh ? withNarrowTunnel(direction, fresh + overhead) : direction;
  return {
    ...expectation,
    forward: narrowed(forward),
    ...(reverse === undefined ? {} : { reverse: narrowed(reverse) }),
    podMtu: mtu,
    ...(mtus === undefined ? {} : { mtus: [...new Set([...mtus, mtu])].toSorted((a, b) => a - b) }),
    ...(most === mtu ? {} : { pathMtu: most }),
  };
}

/** The tunnel itself is the narrow link, at the uplink of the node that encapsulates. */
function withNarrowTunnel(direction: ExpectedDirection, mtu: number): ExpectedDirection {
  const uplink = direction.hops.find(({ role }) => role.endsWith("-uplink"));
  if (direction.outer === undefined || direction.narrow !== undefined || uplink === undefined) return direction;
  return { ...direction, narrow: { mtu, from: uplink.tap } };
}
