import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import type { HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import type { Probe, ProbeKind } from "../probe/probe.ts";
import { connectionsOf } from "./attributed.ts";

const plan = await planOf("shared-service");
const paths = enumeratePaths(plan, modeOf("vxlan-cross-subnet"), "quick");
const pathTo = (end: string): (typeof paths)[number] => {
  const found = paths.find(({ id }) => id.endsWith(end));
  assert.ok(found !== undefined, end);
  return found;
};

/** A connection of a path, seen behind the translation to `backend` or nowhere. */
function seen(end: string, kind: ProbeKind, backend?: string): ProbeObservation {
  const probe = { path: pathTo(end), kind, dials: "198.19.192.19" } as Probe;
  const tap = { node: "a1", device: "eth0" };
  const variants = [{ destination: backend } as HeaderVariant];
  const sightings =
    backend === undefined ? [] : [{ tap, direction: "forward" as const, variants, packets: 1, flows: [] }];
  return { probe, sightings, icmpErrors: [] };
}

describe("connections to a Service with several backends, counted", () => {
  const count = connectionsOf([
    seen("a1->web->b1", "curl", "198.19.0.129"),
    seen("a1->web->a2", "curl", "198.19.0.65"),
    seen("a1->web->a2", "udp", "198.19.0.65"),
    seen("a1->web->a2", "udp"),
    seen("b1->web->a2", "curl", "198.19.0.65"),
    seen("pod-to-pod/cross-subnet/v4/a1->b1", "curl", "198.19.0.129"),
  ]);

  it("are those that were seen to go to any backend from the same source, by kind", () => {
    for (const end of ["a1->web->a2", "a1->web->b1"]) assert.deepEqual(count(pathTo(end)), { curl: 2, udp: 1 }, end);
    assert.deepEqual(count(pathTo("b1->web->a1")), { curl: 1 });
  });

  it("are none where none was seen", () => {
    assert.deepEqual(count(pathTo("a2->web->b1")), {});
  });
});
