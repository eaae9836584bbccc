import { createHash } from "node:crypto";
import type { PathExpectation } from "../../encap/expectation.ts";
import { headerBytes, leastPayload, type Datagram } from "./datagram.ts";

/** Flows of a path that crosses racks, where equal ways may be many, and of any other. */
const flowCounts = { acrossRacks: 16, otherwise: 4 };

/**
 * TOS values of the first flows: plain, expedited forwarding (DSCP 46, RFC 3246), best effort that is ECN-capable (ECT(0)), and AF21 with ECT(1)
 * (RFC 2597, RFC 3168).
 */
const tosOfFlow: readonly number[] = [0, 46 << 2, 0b10, (18 << 2) | 0b01];

/** The ladder's steps are at most this many, and at least so many bytes wide. */
const ladder = { steps: 16, width: 100 };

/**
 * The UDP requests of a path: a small one on each of several flows and, between pods, one of each size up to the largest that fits. Where within its
 * step a size lies depends on seed and path, so that holes narrower than a step show on some path or in some run. One alone where all must be dropped.
 */
export function planDatagrams(expectation: PathExpectation, seed: string, dies: boolean): readonly Datagram[] {
  const { path } = expectation;
  const least = headerBytes(expectation) + leastPayload;
  if (dies) return [{ flow: 0, bytes: least, tos: 0 }];
  const between = path.traffic === "pod-to-pod";
  const flows = between && path.locality === "cross-subnet" ? flowCounts.acrossRacks : flowCounts.otherwise;
  const onFlows = Array.from({ length: flows }, (_, flow) => ({ flow, bytes: least, tos: tosOfFlow[flow] ?? 0 }));
  return between ? [...onFlows, ...sizes(expectation, least, seed)] : onFlows;
}

/** On flow 0, which carries no mark, so that size is all in which they differ. */
function sizes({ path, podMtu, pathMtu = podMtu }: PathExpectation, least: number, seed: string): readonly Datagram[] {
  const width = Math.max(ladder.width, Math.ceil((pathMtu - least) / ladder.steps));
  const steps = Math.floor((pathMtu - least) / width);
  const digest = createHash("sha256").update(`${seed} ${path.id}`).digest();
  const within = (step: number): number => digest.readUInt16BE((2 * step) % (digest.length - 1)) % width;
  const chosen = Array.from({ length: steps }, (_, step) => least + step * width + within(step));
  return [...chosen, pathMtu].map((bytes) => ({ flow: 0, bytes, tos: 0 }));
}
