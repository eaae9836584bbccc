import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { largePlan, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Plan } from "../topology/plan.ts";
import { planStreams } from "./plan-streams.ts";
import type { Stream } from "./stream.ts";

const streamsOn = (plan: Plan): readonly Stream[] => {
  const mode = modeOf("vxlan-always");
  const paths = enumeratePaths(plan, mode, "full");
  const expectations = paths.map((path) => expectPath(plan, mode, identitiesFromAllocation(plan, mode), path));
  return planStreams(expectations, "seed");
};

describe("planStreams", () => {
  it("sends along every class of paths, and to or from every node within its rack and across", async () => {
    const plan = await planOf("two-racks");
    const streams = streamsOn(plan);
    const classes = new Set(
      enumeratePaths(plan, modeOf("vxlan-always"), "full").map(({ traffic, locality }) => `${traffic} ${locality}`),
    );
    assert.deepEqual(new Set(streams.map(({ path }) => `${path.traffic} ${path.locality}`)), classes);
    for (const locality of ["same-subnet", "cross-subnet"]) {
      const own = streams.filter(({ path }) => path.traffic === "pod-to-pod" && path.locality === locality);
      const ends = new Set(own.flatMap(({ path }) => [path.source.node, path.target.node]));
      assert.deepEqual(ends, new Set(["a1", "a2", "b1", "b2"]), locality);
    }
  });

  it("gives each its token, and a long connection to the first path of each class between pods", async () => {
    const streams = streamsOn(await planOf("dual-stack"));
    const tokens = streams.flatMap(({ pattern, clientPort }) => pattern ?? clientPort ?? []);
    assert.equal(new Set(tokens).size, tokens.length);
    const long = streams.filter(({ kind }) => kind === "tcp");
    assert.equal(long.length, 6);
    assert.ok(long.every(({ path, clientPort }) => path.traffic === "pod-to-pod" && clientPort !== undefined));
    const services = streams.filter(({ path }) => path.service !== undefined);
    assert.deepEqual(new Set(services.map(({ kind }) => kind)), new Set(["udp", "connections"]));
  });

  it("reaches every node of a large lab with pings that grow with its nodes, not with their square", async () => {
    const streams = streamsOn(await largePlan(10));
    const pings = streams.filter(({ path, kind }) => path.traffic === "pod-to-pod" && kind === "ping");
    assert.ok(pings.length <= 25, String(pings.length));
    const ends = new Set(pings.flatMap(({ path }) => [path.source.node, path.target.node]));
    assert.equal(ends.size, 20);
  });
});
