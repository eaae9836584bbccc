import { groupBy } from "../core/group-by.ts";
import type { Direction } from "../observe/observation.ts";
import { legsOf } from "../verify/path-case.ts";
import type { PathCase } from "../verify/verdict.ts";
import { listOf } from "../verify/words.ts";
import { failuresOf, type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { isLossy } from "./crossings.ts";
import { dropInWords, dropsOn, isStateful } from "./drops.ts";

/** Packets leave by another router than the answers come by: whoever keeps state on the way sees one half of each connection. */
export const asymmetricWay: Rule = {
  name: "asymmetric-way",
  find: (incident) => {
    const odd = incident.cases.flatMap((pathCase) => oddLegs(incident, pathCase));
    return [...groupBy(odd, ({ by, back }) => `${by} ${back}`).values()].flatMap((own) => causeOf(incident, own));
  },
};

/** One direction of a path that goes by a router that it must not go by, while the other direction goes as it must. */
interface OddLeg {
  readonly id: string;
  readonly sender: string;
  readonly by: string;
  readonly back: string;
}

function oddLegs({ network: { plan } }: Incident, pathCase: PathCase): readonly OddLeg[] {
  const routers = plan.routers.map(({ name }) => name);
  const { path } = pathCase.expectation;
  const legs = legsOf(pathCase.expectation).map(({ direction, expected }) => {
    const must = new Set(
      [...expected.hops.map(({ tap }) => tap), ...(expected.equalWays?.ways.flat() ?? [])].map(({ node }) => node),
    );
    const seen = routersThat(pathCase, direction).filter((name) => routers.includes(name));
    const sender = direction === "forward" ? path.source.node : path.target.node;
    return { sender, seen, odd: seen.filter((name) => !must.has(name)) };
  });
  const [there, back] = legs;
  if (there === undefined || back === undefined) return [];
  return [
    [there, back],
    [back, there],
  ].flatMap(([leg, other]) => {
    const by = leg?.odd[0];
    const answers = other?.seen.find((name) => name !== by);
    if (leg === undefined || by === undefined || answers === undefined || other?.seen.includes(by) === true) return [];
    return [{ id: path.id, sender: leg.sender, by, back: answers }];
  });
}

function routersThat({ observations }: PathCase, direction: Direction): readonly string[] {
  const heard = observations.flatMap(({ sightings }) => sightings.filter((one) => one.direction === direction));
  return [...new Set(heard.filter(({ packets }) => packets > 0).map(({ tap }) => tap.node))];
}

function causeOf(incident: Incident, legs: readonly OddLeg[]): readonly Cause[] {
  const [first] = legs;
  if (first === undefined) return [];
  const { by, back } = first;
  const senders = [...new Set(legs.map(({ sender }) => sender))];
  const paths = new Set(legs.map(({ id }) => id));
  const filters = [back, by].flatMap((router) =>
    dropsOn(incident, router)
      .filter(isStateful)
      .map((guilty) => ({ router, guilty })),
  );
  const [filter] = filters;
  const lost = incident.crossings.filter((crossing) => paths.has(crossing.path.id) && isLossy(crossing));
  const protocols = [...new Set(lost.flatMap(({ lots }) => lots.filter((lot) => lot.lost > 0)))].map(
    ({ protocol }) => protocol,
  );
  const dies =
    protocols.includes("TCP") && !protocols.includes("ICMP") ? "TCP dies and ping passes" : "connections die";
  const ends =
    filter === undefined
      ? ""
      : `; ${dies}, since ${filter.router} filters by the state of connections and sees one half of each: ${dropInWords(filter.guilty)}`;
  const wrong = incident.nodes.filter(({ expected }) => senders.includes(expected.node));
  return [
    {
      name: "asymmetric-way",
      sentence: `packets of ${listOf(senders)} go by ${by}, and those to ${senders.length === 1 ? "it" : "them"} by ${back}${ends}`,
      fix: "let both directions take one router, or let the routers share the state of connections",
      issues: ["#7434", "#592"],
      evidence: [
        ...filters.map(({ router, guilty }) => `${router}: ${dropInWords(guilty)}`),
        ...wrong.flatMap(({ expected, troubles }) =>
          troubles.slice(0, 2).map(({ text }) => `${expected.node}: ${text}`),
        ),
      ].slice(0, shownLines),
      explains: [...new Set([...paths, ...failuresOf(incident, ...senders)])],
    },
  ];
}
