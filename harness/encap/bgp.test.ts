import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { expectBgp, type BgpDesign, type ExpectedSpeaker } from "./bgp.ts";
import { modeOf, planOf } from "./plan.fixture.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";

let fabric: Plan;
let racks: Plan;
before(async () => {
  fabric = await planOf("bgp-fabric");
  racks = await planOf("two-racks");
});

const expected = (plan: Plan, nodes?: BgpDesign["nodes"]): readonly ExpectedSpeaker[] =>
  expectBgp(plan, identitiesFromAllocation(plan, modeOf("none")), nodes === undefined ? undefined : { nodes });

const sessionOf = (speakers: readonly ExpectedSpeaker[], at: string, peer: string) =>
  speakers.find((speaker) => speaker.at === at)?.sessions.find((session) => session.peer === peer);

describe("the BGP that must be spoken", () => {
  it("is none without a fabric that speaks it and nodes that do", () => {
    assert.deepEqual(expected(racks), []);
  });

  it("has routers learn each node's blocks from that node, and tell it those of all others", () => {
    const speakers = expected(fabric);
    assert.deepEqual(
      speakers.map(({ at }) => at),
      ["tor"],
    );
    assert.deepEqual(sessionOf(speakers, "tor", "a1"), {
      peer: "a1",
      family: 4,
      learned: ["198.19.0.0/26"],
      advertised: ["198.19.0.64/26", "198.19.0.128/26", "198.19.0.192/26"],
    });
  });

  it("has every node of a mesh learn each other's blocks from that other, and the routers' from the router too", () => {
    const [a1] = expected(racks, "mesh");
    assert.deepEqual(a1, {
      at: "a1",
      sessions: [
        { peer: "a2", family: 4, learned: ["198.19.0.64/26"] },
        { peer: "b1", family: 4, learned: ["198.19.0.128/26"] },
        { peer: "b2", family: 4, learned: ["198.19.0.192/26"] },
      ],
    });
    const both = expected(fabric, "mesh");
    assert.deepEqual(
      both.map(({ at }) => at),
      ["tor", "a1", "a2", "b1", "b2"],
    );
    assert.deepEqual(sessionOf(both, "b1", "tor")?.learned, ["198.19.0.0/26", "198.19.0.64/26", "198.19.0.192/26"]);
  });

  it("has nodes learn everything from their router alone, where racks are autonomous systems", async () => {
    const speakers = expected(await planOf("as-per-rack"), "routers");
    const a1 = speakers.find(({ at }) => at === "a1");
    assert.deepEqual(
      a1?.sessions.map(({ peer, learned }) => [peer, learned.length]),
      [["tor-a", 3]],
    );
    assert.deepEqual(sessionOf(speakers, "tor-a", "tor-b")?.learned, ["198.19.0.128/26", "198.19.0.192/26"]);
  });

  it("has nodes learn everything from each reflector and speak with no other node, and reflectors hear each from itself", async () => {
    const plan = await planOf("reflectors");
    const speakers = expected(plan, "reflectors");
    const peersOf = (at: string): unknown => speakers.find((each) => each.at === at)?.sessions.map(({ peer }) => peer);
    assert.deepEqual(peersOf("a2"), ["a1", "b1", "tor"]);
    assert.deepEqual(peersOf("a1"), ["a2", "a3", "b1", "b2", "b3", "tor"]);
    assert.equal(sessionOf(speakers, "a2", "b1")?.learned.length, 5);
    assert.deepEqual(sessionOf(speakers, "a1", "b1")?.learned, sessionOf(speakers, "tor", "b1")?.learned);
  });

  it("has routers that share a segment learn from each other what lies behind them, and tell nothing that anybody asks of", () => {
    const [own] = fabric.routers;
    assert.ok(own);
    const [rackA, rackB] = own.ports;
    assert.ok(rackA && rackB);
    const between = { ...rackA, device: "eth9", segment: "between" };
    const plan: Plan = {
      ...fabric,
      nodes: fabric.nodes.map((node) =>
        node.name === "b2" ? { ...node, uplink: { ...node.uplink, segment: "elsewhere" } } : node,
      ),
      routers: [
        { ...own, name: "r1", ports: [rackA, between] },
        { ...own, name: "r2", ports: [rackB, between] },
        { ...own, name: "r3", ports: [{ ...rackB, segment: "elsewhere" }] },
        { ...own, name: "r4", ports: [{ ...rackB, segment: "nowhere" }] },
      ],
    };
    const speakers = expected(plan);
    assert.deepEqual(
      speakers.map(({ at, sessions }) => [at, sessions.map(({ peer }) => peer)]),
      [
        ["r1", ["a1", "a2", "r2"]],
        ["r2", ["b1", "r1"]],
        ["r3", ["b2"]],
      ],
      "who has neither nodes nor neighbors does not speak",
    );
    assert.deepEqual(sessionOf(speakers, "r1", "r2"), {
      peer: "r2",
      family: 4,
      learned: ["198.19.0.128/26"],
    });
    const both = expected(plan, "mesh");
    assert.deepEqual(
      both.find(({ at }) => at === "a1")?.sessions.map(({ peer }) => peer),
      ["a2", "b1", "b2", "r1"],
      "a node speaks with the routers of its own segment",
    );
  });

  it("is told for each family of the plan, with the blocks of that family", async () => {
    const dual = await planOf("dual-stack");
    const [a1] = expected(dual, "mesh");
    const families = a1?.sessions.map(({ family }) => family) ?? [];
    assert.deepEqual(
      [families.filter((each) => each === 4).length, families.filter((each) => each === 6).length],
      [3, 3],
    );
    for (const { family, learned } of a1?.sessions ?? [])
      assert.ok(learned.length > 0 && learned.every((block) => block.includes(":") === (family === 6)));
    assert.deepEqual(expected({ ...dual, families: [] }, "mesh"), []);
  });
});
