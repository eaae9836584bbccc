import { backendsSeen } from "../observe/by-backend.ts";
import { atLeast, atMost } from "../stats/binomial.ts";
import { rareShare } from "../encap/shares.ts";
import { isSameAddress } from "../topology/same-address.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import type { PathCase } from "./verdict.ts";

/** Each of several backends of a Service gets its share of the connections: no fewer and no more than chance explains. */
export const shares = defineCheck({
  of: "path",
  name: "shares",
  part: "encapsulation",
  proves: "each backend of a Service gets its share of connections, of TCP and of UDP, as far as chance tells",
  judge(pathCase) {
    const { path } = pathCase.expectation;
    if (path.backends === undefined) return undefined;
    const counts = Object.entries(pathCase.connections ?? {}).map(([kind, of]) => ({
      kind,
      of,
      own: cameTo(pathCase, kind),
      backends: path.backends ?? 1,
    }));
    return conclude(pathCase, "shares", {
      expected: `one in ${path.backends} connections from ${path.source.node} to ${path.service ?? ""}`,
      observed: counts.map(({ kind, own, of }) => `${own} of ${of} ${kind}`).join(", ") || "no connection",
      findings: counts.flatMap((count) => unequal(pathCase, count)),
      doubts: [
        ...(counts.length === 0
          ? ["no connection to the Service was seen behind its translation: rerun the probe"]
          : []),
        ...counts.flatMap((count) => tooFew(pathCase, count)),
      ],
    });
  },
});

interface Count {
  readonly kind: string;
  readonly own: number;
  readonly of: number;
  readonly backends: number;
}

function cameTo({ expectation, observations }: PathCase, kind: string): number {
  const { destination } = expectation.forward;
  const isOwn = (address: string): boolean => isSameAddress(address, destination);
  return observations.filter((observation) => observation.probe.kind === kind && backendsSeen(observation).some(isOwn))
    .length;
}

function unequal(pathCase: PathCase, { kind, own, of, backends }: Count): readonly Finding[] {
  const less = atMost(own, of, 1 / backends);
  const more = atLeast(own, of, 1 / backends);
  const rare = Math.min(less, more);
  if (rare > rareShare) return [];
  const what = `${own === 0 ? "none" : own} of ${of} ${kind} connections to ${pathCase.expectation.path.service ?? ""} went to ${targetOf(pathCase)}`;
  const chance = `by chance alone so ${less < more ? "few" : "many"} would come once in ${inWords(rare)} runs`;
  return [{ category: "unequal shares", reason: `${what}, one of ${backends} backends: ${chance}` }];
}

/** None came, of too few to say that none ever would. */
function tooFew(pathCase: PathCase, { kind, own, of, backends }: Count): readonly string[] {
  const chance = atMost(0, of, 1 / backends);
  if (own > 0 || chance <= rareShare) return [];
  return [
    `none of ${of} ${kind} connections went to ${targetOf(pathCase)}, which so few leave out with a probability of ${chance.toPrecision(2)}: rerun the probes`,
  ];
}

function targetOf({ expectation: { path, forward } }: PathCase): string {
  return `${path.target.pod ?? path.target.node} (${forward.destination})`;
}

/** "1 500 000" */
function inWords(probability: number): string {
  const times = Math.round(1 / probability);
  return times > 1e15 ? "more than 10^15" : String(times).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}
