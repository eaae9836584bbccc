import assert from "node:assert/strict";
import type { Identities } from "./identity.ts";
import { partiesOf } from "./parties.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";
import type { Plan } from "../topology/plan.ts";

describe("the ends of a path that the network does not know", () => {
  let plan: Plan;
  let all: Identities;
  before(async () => {
    plan = await planOf("two-racks");
    all = identitiesFromAllocation(plan, modeOf("none"));
  });

  const id = "none/pod-to-clusterip/same-subnet/v4/a1->a2";
  const refused = (identities: Identities, whose: string): void => {
    assert.throws(() => partiesOf(identities, expectationOf(plan, id).path), {
      name: "LabError",
      message: `the network has no IPv4 address for ${whose}`,
      details: { where: id },
    });
  };

  it("are named: node, pod or service", () => {
    const { path } = expectationOf(plan, id);
    refused({ ...all, nodes: [] }, "node a1");
    refused({ ...all, nodes: all.nodes.map((node) => ({ ...node, addresses: {} })) }, "node a1");
    refused({ ...all, pods: [] }, `pod ${path.source.pod ?? ""}`);
    refused({ ...all, pods: all.pods.map((pod) => ({ ...pod, addresses: {} })) }, `pod ${path.source.pod ?? ""}`);
    refused({ ...all, services: [] }, `service ${path.service ?? ""}`);
    refused(
      { ...all, services: all.services.map((one) => ({ ...one, clusterIps: {} })) },
      `service ${path.service ?? ""}`,
    );
  });
});
