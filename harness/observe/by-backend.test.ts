import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import type { TapId } from "../encap/expectation.ts";
import type { Path } from "../encap/path.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Probe, ProbeResult } from "../probe/probe.ts";
import { backendsSeen, byBackend, type Witnessed } from "./by-backend.ts";
import type { HeaderVariant, TapSighting } from "./observation.ts";

const plan = await planOf("shared-service");
const mode = modeOf("vxlan-cross-subnet");
const identities = identitiesFromAllocation(plan, mode);
const clusterIp = "198.19.192.19";
const paths = enumeratePaths(plan, mode, "quick").filter(({ traffic }) => traffic === "pod-to-service");
const pathTo = (end: string): Path => {
  const found = paths.find(({ id }) => id.endsWith(end));
  if (found === undefined) throw new RangeError(end);
  return found;
};

const pod = { node: "a1", device: "cali1" };
const uplink = { node: "a1", device: "eth0" };

/** A connection that is planned for a path, and the addresses that it had at taps. */
function witnessed(end: string, seen: readonly (readonly [TapId, string])[], answeredBy?: string): Witnessed {
  const probe = { path: pathTo(end), kind: "curl", dials: clusterIp } as Probe;
  const sightings = seen.map(([tap, destination]): TapSighting => {
    const variants = [{ destination } as HeaderVariant];
    return { tap, direction: "forward", variants, packets: 1, flows: [] };
  });
  const result = {
    probe,
    received: answeredBy === undefined ? 0 : 1,
    ...(answeredBy && { answeredBy }),
  } as ProbeResult;
  return { result, observation: { probe, sightings, icmpErrors: [] } };
}

const endsOf = (all: readonly Witnessed[], dying: readonly string[] = []): readonly string[] =>
  byBackend(plan, identities, all, new Set(dying.map((end) => pathTo(end).id))).map(({ result, observation }) => {
    assert.equal(result.probe.path.id, observation.probe.path.id);
    return result.probe.path.id.split("/").at(-1) ?? "";
  });

describe("connections to a Service with several backends", () => {
  it("count for the backend whose address they have behind the translation, wherever that shows", () => {
    const before = [pod, clusterIp] as const;
    const all = [
      witnessed("a1->web->a1", [before, [uplink, "198.19.0.129"]]),
      witnessed("a1->web->a1", [before, [uplink, "198.19.0.65"]]),
      witnessed("a1->web->b1", [before, [{ node: "a1", device: "cali0" }, "198.19.0.1"]]),
    ];
    assert.deepEqual(endsOf(all), ["a1->web->b1", "a1->web->a2", "a1->web->a1"]);
    assert.deepEqual(
      all.slice(0, 1).flatMap(({ observation }) => backendsSeen(observation)),
      ["198.19.0.129"],
    );
  });

  it("count for the backend that answered where no tap saw them, and as before where nobody knows", () => {
    assert.deepEqual(endsOf([witnessed("a1->web->a1", [], "b1-p1")]), ["a1->web->b1"]);
    assert.deepEqual(endsOf([witnessed("a1->web->a2", [])]), ["a1->web->a2"]);
    assert.deepEqual(endsOf([witnessed("a1->web->a2", [[uplink, clusterIp]])]), ["a1->web->a2"], "untranslated");
  });

  it("count for the path on the node that they never left, or for one whose packets must end", () => {
    const left = witnessed("a1->web->b1", [[pod, clusterIp]]);
    assert.deepEqual(endsOf([left]), ["a1->web->a1"]);
    assert.deepEqual(endsOf([left], ["a1->web->b1"]), ["a1->web->b1"]);
  });

  it("count for a backend that gets none where they go to nobody, and are left where each gets some", () => {
    const stray = witnessed("a1->web->a1", [[uplink, "198.19.0.50"]]);
    const others = ["198.19.0.1", "198.19.0.65"].map((address) => witnessed("a1->web->a1", [[uplink, address]]));
    assert.deepEqual(endsOf([stray, ...others]), ["a1->web->b1", "a1->web->a1", "a1->web->a2"]);
    const last = witnessed("a1->web->a1", [[uplink, "198.19.0.129"]]);
    assert.equal(endsOf([stray, ...others, last])[0], "a1->web->a1");
  });
});
