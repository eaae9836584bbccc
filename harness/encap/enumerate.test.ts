import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import type { Plan } from "../topology/plan.ts";
import { enumeratePaths, parseShard, selectPaths, shardPaths, type Profile } from "./enumerate.ts";
import { isSpecial, localities, traffics, type Path } from "./path.ts";
import { largePlan, modeOf, planOf, planWith } from "./plan.fixture.ts";

const mode = modeOf("vxlan-cross-subnet");

function idsOf(paths: readonly Path[]): readonly string[] {
  return paths.map((path) => path.id);
}

function countOf(plan: Plan, profile: Profile): number {
  return enumeratePaths(plan, mode, profile).length;
}

describe("enumeratePaths", () => {
  let two: Plan;
  before(async () => {
    two = await planOf("two-racks");
  });

  it("asks every ordered pair, traffic and family in full, each id once", async () => {
    assert.equal(countOf(two, "full"), 5 * 4 * 4);
    assert.equal(countOf(two, "signoff"), 5 * 4 * 4);
    const dual = idsOf(enumeratePaths(await planOf("dual-stack"), mode, "full"));
    assert.equal(new Set(dual).size, 2 * 5 * 4 * 4);
  });

  it("asks all pairs of pods and each class of the rest in quick", () => {
    const ids = idsOf(enumeratePaths(two, mode, "quick"));
    assert.equal(ids.filter((id) => id.includes("/pod-to-pod/")).length, 16);
    for (const traffic of traffics.slice(1).filter((one) => !isSpecial(one))) {
      const own = ids.filter((id) => id.includes(`/${traffic}/`));
      assert.equal(own.length, 6, traffic);
      const crossing = own.map((id) =>
        id
          .split("/")
          .slice(2)
          .join("/")
          .replace(/\d(?=->|$)/g, ""),
      );
      assert.deepEqual(crossing.toSorted(), [
        "cross-subnet/v4/a->b",
        "cross-subnet/v4/b->a",
        "same-node/v4/a->a",
        "same-node/v4/b->b",
        "same-subnet/v4/a->a",
        "same-subnet/v4/b->b",
      ]);
    }
  });

  it("grows with the nodes and not with their square in quick, yet has every node as source and as target", async () => {
    const paths = enumeratePaths(await largePlan(30), mode, "quick").filter(({ traffic }) => traffic === "pod-to-pod");
    assert.ok(paths.length <= 3 * 60, String(paths.length));
    const between = paths.filter(({ locality }) => locality !== "same-node");
    assert.equal(new Set(between.map(({ source }) => source.node)).size, 60);
    assert.equal(new Set(between.map(({ target }) => target.node)).size, 60);
    assert.deepEqual(new Set(paths.map(({ locality }) => locality)), new Set(localities));
    assert.equal(new Set(idsOf(paths)).size, paths.length);
  });

  it("asks every node for a ClusterIP in quick: each translates them by itself", async () => {
    for (const plan of [two, await largePlan(7)]) {
      const paths = enumeratePaths(plan, mode, "quick").filter(({ traffic }) => traffic === "pod-to-clusterip");
      assert.equal(new Set(paths.map(({ source }) => source.node)).size, plan.nodes.length);
      assert.equal(new Set(idsOf(paths)).size, paths.length);
    }
  });

  it("names ends: first pods between nodes, first and second on one node, hosts without pod", () => {
    const byId = new Map(enumeratePaths(two, mode, "full").map((path) => [path.id, path]));
    const path = (rest: string) => byId.get(`vxlan-cross-subnet/${rest}`);
    const near = path("pod-to-pod/same-node/v4/a1->a1");
    assert.deepEqual(
      [near?.source, near?.target],
      [
        { node: "a1", pod: "a1-p1" },
        { node: "a1", pod: "a1-p2" },
      ],
    );
    const host = path("host-to-clusterip/cross-subnet/v4/a1->b1");
    assert.deepEqual(
      [host?.source, host?.target, host?.service],
      [{ node: "a1" }, { node: "b1", pod: "b1-p1" }, "b1-p1"],
    );
    const own = path("pod-to-host/same-node/v4/b2->b2");
    assert.deepEqual(
      [own?.source, own?.target, own?.service],
      [{ node: "b2", pod: "b2-p1" }, { node: "b2" }, undefined],
    );
  });

  it("lets all pods of a node speak in turn, other pairs with another turn, under the same ids", () => {
    const ids = idsOf(enumeratePaths(two, mode, "quick"));
    const meetings = new Set<string>();
    for (let turn = 0; turn < 8; turn += 1) {
      const paths = enumeratePaths(two, mode, "quick", turn);
      assert.deepEqual(idsOf(paths), ids);
      for (const { source, target } of paths) assert.notDeepEqual(source, target);
      for (const traffic of ["pod-to-pod"] as const) {
        const across = paths.filter((path) => path.traffic === traffic && path.source.node !== path.target.node);
        assert.equal(new Set(across.map(({ source }) => source.pod)).size, 8, `turn ${turn}`);
        assert.equal(new Set(across.map(({ target }) => target.pod)).size, 8, `turn ${turn}`);
      }
      const path = paths.find(({ id }) => id.endsWith("/pod-to-pod/cross-subnet/v4/a1->b1"));
      meetings.add(`${path?.source.pod} ${path?.target.pod}`);
    }
    assert.equal(meetings.size, 4);
  });

  it("leaves out what nodes lack the pods for", async () => {
    const single = await planWith("two-racks", ({ name }) => ({ pods: name === "b2" ? 0 : 1 }));
    for (const profile of ["quick", "full"] as const) {
      const ids = idsOf(enumeratePaths(single, mode, profile));
      assert.ok(!ids.some((id) => id.includes("pod-to-pod/same-node")), profile);
      assert.ok(
        ids.some((id) => id.includes("host-to-pod/same-node")),
        profile,
      );
      assert.ok(!ids.some((id) => id.includes("/pod-to-pod/") && id.includes("b2")), profile);
    }
    assert.ok(
      idsOf(enumeratePaths(single, mode, "full")).includes("vxlan-cross-subnet/pod-to-host/cross-subnet/v4/a1->b2"),
    );
  });

  it("has no cross-subnet path in one rack", async () => {
    const classes = enumeratePaths(await planOf("one-rack"), mode, "full").map(({ locality }) => locality);
    assert.deepEqual(new Set(classes), new Set(["same-node", "same-subnet"]));
  });
});

describe("selectPaths", () => {
  let paths: readonly Path[];
  before(async () => {
    paths = enumeratePaths(await planOf("two-racks"), mode, "full");
  });

  it("takes parts of ids, globs and their negation", () => {
    assert.equal(selectPaths(paths, []).length, paths.length);
    assert.equal(selectPaths(paths, ["pod-to-pod/same-subnet/v4/a1->a2"]).length, 1);
    assert.equal(selectPaths(paths, ["pod-to-pod/*/a1->*"]).length, 4);
    assert.equal(selectPaths(paths, ["same-node", "cross-subnet"]).length, 60);
    assert.equal(selectPaths(paths, ["!cross-subnet"]).length, 40);
    assert.equal(selectPaths(paths, ["pod-to-pod", "!same-*", "!b1->"]).length, 6);
  });

  it("looks at the mode only for patterns that begin with one", () => {
    assert.equal(selectPaths(paths, ["vxlan-*/pod-to-host"]).length, 16);
    assert.equal(selectPaths(paths, ["vxlan-cross-subnet/pod-to-pod/same-node"]).length, 4);
    assert.throws(() => selectPaths(paths, ["none/pod-to-pod"]), UsageError);
  });

  it("takes no longer with many stars", () => {
    assert.throws(() => selectPaths(paths, [`${"*".repeat(40)}x9`]), UsageError);
    assert.throws(() => selectPaths(paths, [`${"*a".repeat(40)}x9`]), UsageError);
    assert.equal(selectPaths(paths, ["**same-node**"]).length, 20);
  });

  it("takes every other character at its word", () => {
    assert.throws(() => selectPaths(paths, ["a1.>b1"]), UsageError);
  });

  it("refuses patterns that leave nothing", () => {
    assert.throws(() => selectPaths(paths, ["a1->c9", "b1->c9"]), {
      name: "UsageError",
      message: "--paths a1->c9,b1->c9 matches none of the 80 paths",
      details: {
        tail: `the first of them is ${paths[0]?.id ?? ""}`,
        fix: "`npm run lab -- list` with the same options prints all ids; quote patterns, or the shell reads * ! and >",
      },
    });
    assert.throws(
      () => selectPaths([], ["a1"]),
      (error: UsageError) => error.details.tail === undefined,
    );
    assert.deepEqual(selectPaths([], []), []);
  });
});

describe("shardPaths", () => {
  it("gives every path to exactly one share, whatever else is there", async () => {
    const paths = enumeratePaths(await planOf("two-racks"), mode, "full");
    const shares = ["1/3", "2/3", "3/3"].map((shard) => idsOf(shardPaths(paths, shard)));
    assert.deepEqual(shares.flat().toSorted(), idsOf(paths).toSorted());
    assert.ok(shares.every((share) => share.length > 0));
    assert.deepEqual(
      idsOf(shardPaths(paths.slice(0, 9), "2/3")),
      shares[1]?.filter((id) => idsOf(paths.slice(0, 9)).includes(id)),
    );
    assert.equal(shardPaths(paths, undefined).length, paths.length);
  });

  it("refuses shares that do not exist", () => {
    assert.deepEqual(parseShard("3/3"), { index: 3, count: 3 });
    assert.deepEqual(parseShard("12/345"), { index: 12, count: 345 });
    assert.throws(() => parseShard("3/2"), {
      message: "--shard 3/2 is not a valid shard",
      details: { fix: "write i/n with 1 ≤ i ≤ n, for example 1/3, 2/3, 3/3" },
    });
    for (const text of ["3/2", "0/2", "1/0", "1", "a/b", "1/2/3", "-1/2", ""]) {
      assert.throws(() => parseShard(text), UsageError, text);
    }
  });
});
