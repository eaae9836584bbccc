import type { NetworkCase } from "../verify/check.ts";
import { segmentTroubles } from "../verify/judge-segments.ts";
import { podTroubles } from "../verify/judge-pods.ts";
import { routerTroubles } from "../verify/judge-routers.ts";
import { legsOf } from "../verify/path-case.ts";
import type { Trouble } from "../verify/trouble.ts";
import type { PathCase } from "../verify/verdict.ts";

/** A router or a pod, and what is wrong with its own network; or a node or router, and what is wrong with those whom it sees on its segments. */
export interface PlaceJudgment {
  readonly name: string;
  readonly what: "router" | "pod" | "segment";
  readonly troubles: readonly Trouble[];
}

/** What is wrong beyond the nodes, of which no check asks: with routers, with the pods that somebody looked at, and with what machines of a segment know of each other. */
export function judgeBeyondNodes(network: NetworkCase, asked: readonly PathCase[]): readonly PlaceJudgment[] {
  const { plan, identities, facts } = network;
  const ofPods = new Set(identities.pods.flatMap(({ addresses }) => Object.values(addresses)));
  const routers = (facts.routers ?? []).flatMap((own): readonly PlaceJudgment[] => {
    const router = plan.routers.find(({ name }) => name === own.node);
    if (router === undefined) return [];
    const carriesPods = asked.some((pathCase) => passesPlain(pathCase, router.name, ofPods));
    return [
      {
        name: own.node,
        what: "router",
        troubles: routerTroubles({ plan, identities, router, facts: own, carriesPods }),
      },
    ];
  });
  const pods = (facts.pods ?? []).flatMap((own): readonly PlaceJudgment[] => {
    const pod = identities.pods.find(({ name }) => name === own.node);
    if (pod === undefined) return [];
    const host = facts.nodes.find(({ node }) => node === pod.node);
    const troubles = podTroubles({ identities, pod, facts: own, ...(host === undefined ? {} : { host }) });
    return [{ name: own.node, what: "pod", troubles }];
  });
  const segments = [...segmentTroubles(plan, [...facts.nodes, ...(facts.routers ?? [])])].map(
    ([name, troubles]): PlaceJudgment => ({ name, what: "segment", troubles }),
  );
  return [...routers, ...pods, ...segments].filter(({ troubles }) => troubles.length > 0);
}

/** Whether pods' own packets go through a router, and must not end there. */
function passesPlain({ expectation }: PathCase, router: string, ofPods: ReadonlySet<string>): boolean {
  const legs = legsOf(expectation);
  if (legs.some(({ expected }) => expected.dies !== undefined)) return false;
  return legs.some(
    ({ expected: { underlay, sources, destination, hops } }) =>
      underlay === "plain" &&
      [...sources, destination].some((address) => ofPods.has(address)) &&
      hops.some(({ tap }) => tap.node === router),
  );
}
