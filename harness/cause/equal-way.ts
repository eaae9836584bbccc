import { groupBy } from "../core/group-by.ts";
import { legsOf } from "../verify/path-case.ts";
import type { PathCase } from "../verify/verdict.ts";
import { sharesOf, type Shares, type WayShare } from "../verify/way-shares.ts";
import { listOf, nameOfTap } from "../verify/words.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { dropInWords, dropsOn } from "./drops.ts";

/** One of several equal-cost ways does not pass on what it gets: flows are lost by their ports, and the others pass. */
export const equalWay: Rule = {
  name: "equal-way",
  find: (incident) => {
    const lossy = incident.cases.flatMap((pathCase) => lossyWays(pathCase));
    return [...groupBy(lossy, ({ way }) => way.name).values()].flatMap((own) => causeOf(incident, own));
  },
};

interface Lossy {
  readonly id: string;
  readonly shares: Shares;
  readonly way: WayShare;
}

function lossyWays(pathCase: PathCase): readonly Lossy[] {
  const { path } = pathCase.expectation;
  return legsOf(pathCase.expectation).flatMap((leg) => {
    const shares = sharesOf(pathCase, leg);
    if (shares === undefined) return [];
    const lossy = shares.ways.filter(({ came, left }) => left < came);
    // Where none of the ways passes everything on, what they have in common is the cause.
    return lossy.length === shares.ways.length ? [] : lossy.map((way) => ({ id: path.id, shares, way }));
  });
}

function causeOf(incident: Incident, lossy: readonly Lossy[]): readonly Cause[] {
  const [first] = lossy;
  if (first === undefined) return [];
  const { way } = first;
  const routers = [...new Set([way.first.node, way.last.node])];
  const rules = routers.flatMap((router) =>
    dropsOn(incident, router).map((guilty) => `${router}: ${dropInWords(guilty)}`),
  );
  const places = [...groupBy(lossy, ({ shares }) => nameOfTap(shares.from))].map(([place, own]) =>
    placeInWords(place, own),
  );
  const [rule] = rules;
  return [
    {
      name: "equal-way",
      sentence: `${way.name}, one of several equal-cost ways, does not pass on what comes to it: ${listOf(places)}${rule === undefined ? "" : `; ${rule}`}`,
      fix: `take ${way.name} out of the equal-cost routes (ip route on those that send to it) until it forwards again; look at its rules, routes and ports`,
      issues: ["#3334", "sonic-net/sonic-buildimage#28143"],
      evidence: [...rules, ...places].slice(0, shownLines),
      explains: [...new Set(lossy.map(({ id }) => id))],
    },
  ];
}

/** "from leaf-a/eth1 none of 120 packets, of 31 of 70 source ports" */
function placeInWords(place: string, lossy: readonly Lossy[]): string {
  const sum = (of: (one: Lossy) => number): number => lossy.reduce((total, one) => total + of(one), 0);
  const [came, left] = [sum(({ way }) => way.came), sum(({ way }) => way.left)];
  const [own, all] = [sum(({ way }) => way.ports.length), sum(({ shares }) => shares.ports.length)];
  const ports = all === 0 ? "" : `, with ${own} of ${all} source ports`;
  return `from ${place} ${left === 0 ? "none" : left} of ${came} packets${ports}`;
}
