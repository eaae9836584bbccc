import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { planProbes } from "./plan-probes.ts";
import type { ProbeResult } from "./probe.ts";
import { secondLegs } from "./second-legs.ts";

const plan = await planOf("external");
const mode = modeOf("vxlan-cross-subnet");
const identities = identitiesFromAllocation(plan, mode);
const expectations = enumeratePaths(plan, mode, "full").map((path) => expectPath(plan, mode, identities, path));
const kinds = new Set(["ping", "udp", "curl", "bulk", "mtu", "sweep"] as const);
const probes = planProbes(expectations, { seed: "s", kinds });
const results = probes.map((probe) => ({ probe, received: 1 }) as ProbeResult);

describe("secondLegs", () => {
  it("tell of the way on what the requests tell, with their tokens, and where those packets are still the requests'", () => {
    const legs = secondLegs(results, expectations).filter(({ probe }) => probe.path.id.endsWith("v4/a1->b2"));
    assert.deepEqual(
      legs.map(({ probe }) => [probe.path.traffic, probe.kind, probe.beyond]),
      ["curl", "bulk", "udp"].map((kind) => ["nodeport-to-pod", kind, ["198.18.9.11", "198.18.1.11"]]),
    );
    const [request] = results.filter(({ probe }) => probe.path.id.endsWith("client->a1->b2"));
    assert.deepEqual(legs[0]?.probe.token, request?.probe.token);
  });

  it("are none that nobody asks about, and none of requests whose client's address stays", () => {
    const requests = expectations.filter(({ path }) => path.traffic !== "nodeport-to-pod");
    assert.deepEqual(secondLegs(results, requests), []);
    const told = new Set(secondLegs(results, expectations).map(({ probe }) => probe.path.id));
    assert.equal(told.size, 16);
  });

  it("are never sent: requests are, by TCP and UDP alone", () => {
    assert.ok(probes.every(({ path }) => path.traffic !== "nodeport-to-pod"));
    const sent = probes.filter(({ path }) => path.nodePort !== undefined).map(({ kind }) => kind);
    assert.deepEqual(new Set(sent), new Set(["curl", "bulk", "udp"]));
  });
});
