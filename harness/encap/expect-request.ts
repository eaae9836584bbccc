import type { Plan } from "../topology/plan.ts";
import { expectDirection, podHop } from "./expect-direction.ts";
import type { ExpectedDirection } from "./expectation.ts";
import { forwardFlow } from "./flow.ts";
import type { Identities } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { goesToBalancer, policyOf, secondLegOf } from "./nodeport-paths.ts";
import { partiesOf } from "./parties.ts";
import type { Path } from "./path.ts";

/** What must become of a request from outside and its answer between the host that asks and the node that it dials. */
interface ExpectedRequest {
  readonly forward: ExpectedDirection;
  /** Missing where the node drops the request. */
  readonly reverse?: ExpectedDirection;
  readonly serverSees: readonly string[];
  readonly dials: string;
}

/**
 * Outside everything is plain, between the client's address and the node's or the load balancer's. With externalTrafficPolicy Cluster the node goes on with an
 * address of its own, which is a path of its own; with Local the packets come to the pod with the client's.
 */
export function expectRequest(plan: Plan, mode: Mode, identities: Identities, path: Path): ExpectedRequest {
  const { traffic, nodePort: { node: entry } = { node: "" } } = path;
  const { source, target } = partiesOf(identities, { ...path, target: { node: entry } });
  const backend = partiesOf(identities, path).target;
  const leg = secondLegOf(path);
  const dials = balancedAddress(identities, path) ?? target.address;
  const parties = { source, target, dials };
  const there = { form: "plain", sources: [source.address], destination: dials, toBlock: false } as const;
  const back = { form: "plain", sources: [dials], destination: source.address, toBlock: false } as const;
  const forward = expectDirection(plan, mode, path, parties, "forward", there);
  const reverse = expectDirection(plan, mode, path, parties, "reverse", back);
  if (traffic === "external-to-nodeport-local" && entry !== path.target.node) {
    const because = `externalTrafficPolicy is Local, and ${entry} has no backend of ${path.service ?? ""}`;
    return { forward: { ...forward, dies: { node: entry, because } }, serverSees: [], dials };
  }
  const inside = leg === undefined ? podHop(backend, "target") : [];
  return {
    forward: { ...forward, hops: [...forward.hops, ...inside] },
    reverse: { ...reverse, hops: [...inside, ...reverse.hops] },
    serverSees: leg === undefined ? there.sources : forwardFlow(mode, leg, partiesOf(identities, leg)).sources,
    dials,
  };
}

/** The address of a load balancer that a request goes to; undefined where it goes to a node's own. */
function balancedAddress({ services }: Identities, { traffic, service, family }: Path): string | undefined {
  if (!goesToBalancer(traffic)) return undefined;
  return services.find(({ name }) => name === service)?.balanced?.[policyOf(traffic)][family];
}
