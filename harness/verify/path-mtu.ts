import type { ProbeObservation } from "../observe/observation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { needFragErrors } from "./need-frag.ts";
import { mustEnd } from "./path-case.ts";
import {
  holeFinding,
  holesIn,
  isAnswered,
  lossesOf,
  refusalOf,
  stepsOf,
  triesOf,
  type SizeStep,
} from "./size-holes.ts";
import { listOf, nameOfTap } from "./words.ts";

/**
 * The path's MTU is what it must be, and whoever sends more is told. Path MTU discovery (RFC 1191, RFC 8201) lives on the router's word: where it
 * does not come, connections open and then hang.
 */
export const pathMtu = defineCheck({
  of: "path",
  name: "path-mtu",
  part: "mtu",
  proves: "DF packets of every size up to the path's MTU pass, larger ones do not, and the sender learns of it",
  judge(pathCase) {
    const sweeps = pathCase.observations.filter(({ probe }) => probe.kind === "sweep");
    if (sweeps.length === 0 || mustEnd(pathCase)) return undefined;
    const { podMtu, pathMtu: most = podMtu, overhead } = pathCase.expectation;
    const steps = stepsOf(sweeps.flatMap((sweep) => triesOf(pathCase, sweep)));
    const small = steps.filter(({ bytes }) => bytes <= most);
    const large = steps.filter(({ bytes }) => bytes > most);
    const passed = small.filter(isAnswered);
    return conclude(pathCase, "path-mtu", {
      expected: `all sizes up to ${most} bytes pass, larger ones are refused`,
      observed: `${passed.length} of ${small.length} sizes up to ${most} bytes passed${largeWords(large, sweeps)}`,
      findings:
        passed.length === 0
          ? []
          : [
              ...holesIn(small).map((hole) => holeFinding(hole, steps, overhead)),
              ...tooLarge(large, most),
              ...blackHole(large, sweeps),
            ],
      doubts: passed.length === 0 ? ["no datagram of any size was answered: see reached"] : [],
      evidence: pathCase.results
        .filter(({ probe }) => probe.kind === "sweep")
        .map(({ where, command }) => `${where}: ${command}`),
    });
  },
});

function largeWords(large: readonly SizeStep[], sweeps: readonly ProbeObservation[]): string {
  const refused = large.filter((step) => refusalOf(step) !== undefined).map(({ bytes }) => String(bytes));
  if (refused.length === 0) return "";
  const told = needFrag(sweeps);
  const by = told.length === 0 ? "by the sender's own kernel" : `after ${listOf(told)}`;
  return `; ${listOf(refused)} were refused ${by}`;
}

function tooLarge(large: readonly SizeStep[], most: number): readonly Finding[] {
  const passed = large.filter(isAnswered).map(({ bytes }) => String(bytes));
  if (passed.length === 0) return [];
  const reason = `packets of ${listOf(passed)} bytes passed, so the path's MTU is larger than ${most}`;
  return [{ category: "wrong MTU", reason }];
}

/** A size that is neither answered nor refused, where no smaller one is refused either: the sender never learned. */
function blackHole(large: readonly SizeStep[], sweeps: readonly ProbeObservation[]): readonly Finding[] {
  const learned = large.find((step) => refusalOf(step) !== undefined)?.bytes ?? Infinity;
  const silent = large.filter((step) => !isAnswered(step) && step.bytes < learned && isTriedAgain(step));
  if (silent.length === 0) return [];
  const sizes = listOf(silent.map(({ bytes }) => String(bytes)));
  const ends = lossesOf(silent);
  const where = ends.length === 0 ? "" : ` ${listOf(ends)}`;
  const told = needFrag(sweeps);
  const but =
    told.length === 0
      ? "and the sender was not notified (no need-frag): a black hole for path MTU discovery"
      : `and the sender did not heed ${listOf(told)}`;
  return [{ category: "wrong MTU", reason: `packets of ${sizes} bytes were lost${where}, ${but}` }];
}

function isTriedAgain({ tries }: SizeStep): boolean {
  return tries.length > 1;
}

/** "need-frag from 198.18.9.1 (seen at r1/eth0)", by sender. */
function needFrag(sweeps: readonly ProbeObservation[]): readonly string[] {
  const errors = sweeps.flatMap(needFragErrors);
  const senders = [...new Set(errors.map(({ from }) => from))];
  return senders.map((from) => {
    const taps = errors.filter((error) => error.from === from).map(({ tap }) => nameOfTap(tap));
    return `need-frag from ${from} (seen at ${listOf([...new Set(taps)])})`;
  });
}
