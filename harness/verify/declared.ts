import { mostLost, roundTripLoss } from "../encap/declared-loss.ts";
import type { ExpectedHop, PathExpectation } from "../encap/expectation.ts";
import { underlayHops, type Leg } from "./path-case.ts";

/** How many of so many requests may stay unanswered because the topology's links lose packets. */
export function mayStayUnanswered({ forward, reverse }: PathExpectation, sent: number): number {
  return mostLost(sent, roundTripLoss(forward.link?.loss ?? 0, reverse?.link?.loss ?? 0));
}

/** How many of so many packets may be lost just before this hop: a link loses what its own node sends. */
export function mayBeLostBefore({ expected }: Leg, hop: ExpectedHop, packets: number): number {
  return underlayHops(expected)[0] === hop ? mostLost(packets, expected.link?.loss ?? 0) : 0;
}
