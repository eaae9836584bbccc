import type { PathExpectation } from "../encap/expectation.ts";

/**
 * What a path must carry while the pods that ran before a change keep the MTU that they were made with, as in Calico: never more than that. Where
 * it is more than the mode gives new pods, only what is encapsulated is bound to the mode's. Pods of several MTUs leave it as it is. Pure.
 */
export function withRunningMtu(expectation: PathExpectation, running: readonly number[]): PathExpectation {
  const [mtu, ...others] = running;
  const { podMtu: fresh, pathMtu, forward } = expectation;
  if (mtu === undefined || others.length > 0 || mtu === fresh) return expectation;
  const isBound = forward.outer !== undefined;
  const most = Math.min(mtu, pathMtu ?? (isBound ? fresh : mtu));
  return { ...expectation, podMtu: mtu, ...(most === mtu ? {} : { pathMtu: most }) };
}
