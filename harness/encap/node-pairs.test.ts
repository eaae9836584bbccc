import assert from "node:assert/strict";
import type { PlannedNode } from "../topology/plan.ts";
import { allPairs, coveringPairs, everySource, onePairPerClass, type CanPair, type NodePair } from "./node-pairs.ts";
import { largePlan } from "./plan.fixture.ts";

const words = (pairs: readonly NodePair[]): string => pairs.map(([from, to]) => `${from.name}>${to.name}`).join(" ");
const always: CanPair = () => true;
const apart: CanPair = (source, target) => source !== target;
/** Every target but one. */
const not =
  (name: string): CanPair =>
  (_, target) =>
    target.name !== name;

describe("pairs of nodes", () => {
  let nodes: readonly PlannedNode[];
  before(async () => {
    ({ nodes } = await largePlan(3));
  });

  it("are all that can be, each node with itself included", () => {
    assert.equal(words(allPairs(nodes.slice(0, 2), always)), "a1>a1 a1>a2 a2>a1 a2>a2");
    assert.equal(words(allPairs(nodes.slice(0, 2), apart)), "a1>a2 a2>a1");
  });

  it("cover every node with itself, as source and as target, and every pair of racks, each once", () => {
    assert.equal(
      words(coveringPairs(nodes, always)),
      "a1>a1 a2>a2 a3>a3 b1>b1 b2>b2 b3>b3 a1>a2 a2>a3 a3>b1 b1>b2 b2>b3 b3>a1 a1>b2 b1>a2",
    );
  });

  it("leave out who can be no end, and close the ring without it", () => {
    const without: CanPair = (source, target) => source.name !== "a2" && target.name !== "a2";
    const covered = coveringPairs(nodes.slice(0, 3), without);
    assert.equal(words(covered), "a1>a1 a3>a3 a1>a3 a3>a1");
    assert.equal(words(coveringPairs(nodes.slice(0, 1), apart)), "", "nobody is there but itself");
    assert.equal(words(coveringPairs([], always)), "");
  });

  it("are one of each class, with other nodes at another turn", () => {
    assert.equal(words(onePairPerClass(nodes, 0, always)), "a1>a1 a1>a2 a1>b2 b1>a2 b1>b1 b1>b2");
    assert.equal(words(onePairPerClass(nodes, 1, always)), "a2>a2 a2>a3 a2>b3 b2>a3 b2>b2 b2>b3");
    assert.equal(words(onePairPerClass(nodes, 2, always)), "a3>a3 a3>a1 a3>b1 b3>a1 b3>b3 b3>b1");
    assert.equal(words(onePairPerClass(nodes, 0, always, 1)), "a1>a1 a2>a3 a3>b2 b2>a2 b1>b1 b3>b2");
  });

  it("take the next node where one cannot be asked", () => {
    assert.equal(words(onePairPerClass(nodes, 0, not("b2"))), "a1>a1 a1>a2 a1>b3 b1>a2 b1>b1 b1>b3");
    assert.equal(words(onePairPerClass(nodes.slice(0, 2), 0, apart)), "a1>a2");
  });

  it("have every node as a source once more where classes leave it out", () => {
    const sources = everySource(nodes.slice(0, 3), 0, always);
    assert.equal(words(sources), "a1>a1 a2>a3 a3>a1");
    const alone: CanPair = (source, target) => source === target;
    assert.equal(words(everySource(nodes.slice(0, 2), 0, alone)), "a1>a1", "a2 has nobody to ask but itself");
  });
});
