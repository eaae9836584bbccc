import type { PathExpectation } from "../encap/expectation.ts";
import type { Probe, ProbeResult } from "./probe.ts";
import { tokenSource } from "./token.ts";
import type { Datagram } from "./udp/datagram.ts";
import { whereTo } from "./where-to.ts";
import { refineSizeSweep } from "./udp/plan-size-sweep.ts";

/** Further sweeps after the first: two find the borders of a hole to the byte. */
export const furtherRounds = [1, 2] as const;

/** The probe of a sweep. */
export function sweepOf(expectation: PathExpectation, datagrams: readonly Datagram[], pattern: string): Probe {
  const token = { kind: "udp-pattern", pattern } as const;
  return { ...whereTo(expectation), kind: "sweep", token, amount: datagrams.length, datagrams };
}

/** Sweeps between the sizes that passed and their neighbors that did not; none where all is as it must be. */
export function furtherSweeps(
  expectations: readonly PathExpectation[],
  results: readonly ProbeResult[],
  seed: string,
  round: number,
): readonly Probe[] {
  const tokens = tokenSource(`${seed} further ${round}`);
  return expectations.flatMap((expectation, index) => {
    const own = results.filter(({ probe }) => probe.kind === "sweep" && probe.path.id === expectation.path.id);
    const datagrams = refineSizeSweep(
      expectation,
      own.flatMap(({ datagrams: told = [] }) => told),
    );
    if (datagrams.length === 0) return [];
    const further = sweepOf(expectation, datagrams, tokens.pattern(index));
    return [own.some(({ probe }) => probe.slow === true) ? { ...further, slow: true as const } : further];
  });
}
