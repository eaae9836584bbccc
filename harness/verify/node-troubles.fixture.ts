import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import type { Identities } from "../encap/identity.ts";
import type { ModeId } from "../encap/mode.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { agreeing } from "./node-facts.fixture.ts";
import { judgeNodes } from "./node-troubles.ts";

/** For tests only: what else differs from a network in VXLANCrossSubnet of which a1 is looked at. */
interface Changes {
  readonly mode?: ModeId;
  readonly of?: string;
  readonly identities?: (identities: Identities) => Identities;
  readonly registered?: DataplaneFacts["registered"];
}

/** For tests only: the lab whose nodes are judged. */
export const plan = await planOf("two-racks");

/** For tests only: the texts of a1's troubles (or another node's) in a network that agrees but for a change of one node's facts. */
export function troubles(change: (facts: NodeFacts) => Partial<NodeFacts>, changes: Changes = {}): readonly string[] {
  const {
    mode: id = "vxlan-cross-subnet",
    of = "a1",
    identities: changed = (all: Identities) => all,
    registered,
  } = changes;
  const mode = modeOf(id);
  const identities = changed(identitiesFromAllocation(plan, mode));
  const nodes = expectControlPlane(plan, mode, identities)
    .map(agreeing)
    .map((facts, index) => ({
      ...facts,
      links: facts.links.map((link) => (link.device === "eth0" ? { ...link, mac: `02:00:00:00:00:0${index}` } : link)),
    }))
    .map((facts) => (facts.node === "a1" ? { ...facts, ...change(facts) } : facts));
  const facts = { nodes, ...(registered === undefined ? {} : { registered }) };
  const judged = judgeNodes({ plan, mode, identities, facts });
  return judged.find(({ expected }) => expected.node === of)?.troubles.map(({ text }) => text) ?? [];
}

/** For tests only: what is alike in routes of static configuration. */
export const route = { family: 4, type: "unicast", protocol: "static", onlink: false } as const;
