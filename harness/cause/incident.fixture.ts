import assert from "node:assert/strict";
import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected, withoutPackets } from "../verify/case.fixture.ts";
import { controlPlane } from "../verify/control-plane.ts";
import { agreeing, agreeingPod, agreeingRouter } from "../verify/node-facts.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Cause } from "./cause.ts";
import { findCauses } from "./find-causes.ts";

const usual = await planOf("two-racks");
const mode = modeOf("vxlan-cross-subnet");

/** For tests only: what is other than in a network that agrees. */
export interface Changes {
  /** Of facts of nodes by name, before and after the probes. */
  readonly after?: Readonly<Record<string, (facts: NodeFacts) => Partial<NodeFacts>>>;
  readonly earlier?: Readonly<Record<string, (facts: NodeFacts) => Partial<NodeFacts>>>;
  readonly registered?: DataplaneFacts["registered"];
  /** What resources ask for. */
  readonly declared?: Pick<DataplaneFacts, "policies" | "encryptionAsked">;
  /** Taps at which nothing of the path a1->a2 or a1->b1 shows, forward. */
  readonly silent?: readonly string[];
  readonly path?: "a1->a2" | "a1->b1" | "a1->web->b1";
  /** Missing = pod-to-pod. */
  readonly traffic?: "pod-to-pod" | "pod-to-clusterip" | "pod-to-service";
  /** Ends of ids of paths that were asked too, and on which all is as it must be: "pod-to-host/same-subnet/v4/a1->a2". */
  readonly beside?: readonly string[];
  /** Missing = two-racks. */
  readonly plan?: Plan;
}

/** For tests only: the causes that are found in a network that agrees but for some changes, and in which one path fails. */
export function causes({
  after = {},
  earlier = {},
  registered,
  declared = {},
  plan = usual,
  silent = [],
  path = "a1->a2",
  traffic = "pod-to-pod",
  beside = [],
}: Changes): readonly Cause[] {
  const identities = identitiesFromAllocation(plan, mode);
  const agreed = expectControlPlane(plan, mode, identities).map(agreeing);
  const routers = plan.routers.map(agreeingRouter);
  const pods = identities.pods.map(agreeingPod);
  const changed = (changes: Changes["after"]): DataplaneFacts => {
    const change = (facts: NodeFacts): NodeFacts => ({ ...facts, ...changes?.[facts.node]?.(facts) });
    const base = { nodes: agreed.map(change), routers: routers.map(change), pods: pods.map(change) };
    return { ...base, ...declared, ...(registered === undefined ? {} : { registered }) };
  };
  const network = { plan, mode, identities, facts: changed(after), before: changed(earlier) };
  const paths = enumeratePaths(plan, mode, "full");
  const asked = paths.find((candidate) => candidate.traffic === traffic && candidate.id.endsWith(path));
  assert.ok(asked);
  const pathCase = withoutPackets(caseAsExpected(expectPath(plan, mode, identities, asked)), "forward", ...silent);
  const others = paths.filter(({ id }) => beside.some((end) => id.endsWith(end)));
  const sound = others.map((one) => caseAsExpected(expectPath(plan, mode, identities, one)));
  const base = { check: "reached", expected: "", observed: "", evidence: [] } as const;
  const failed: Verdict = { ...base, id: asked.id, status: "fail" };
  return findCauses(network, [failed, ...controlPlane.judge(network)], [pathCase, ...sound]);
}

/** For tests only: the first of them. */
export function first(changes: Changes): string {
  const [cause] = causes(changes);
  return cause === undefined ? "none" : `${cause.name}: ${cause.sentence}`;
}
