import assert from "node:assert/strict";
import { findCircles, type ImportGraph } from "./check-circles.ts";

describe("check-circles", () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>): ImportGraph => new Map(Object.entries(edges));

  it("has nothing against files that share what they import", () => {
    assert.deepEqual(findCircles(graph({ a: ["b", "c"], b: ["d"], c: ["b", "d"], d: ["outside"] }), []), []);
  });

  it("names the files of each circle, and no others that lead into it or out of it", () => {
    const imports = graph({ in: ["a"], a: ["b"], b: ["c", "out"], c: ["a"], out: [], x: ["y"], y: ["x"] });
    assert.deepEqual(findCircles(imports, []), [
      "harness/: these files import each other in a circle: a, b, c",
      "harness/: these files import each other in a circle: x, y",
    ]);
  });

  it("lets an allowed hub close circles, and none that run past it", () => {
    const imports = graph({ hub: ["a", "b"], a: ["hub", "b"], b: ["hub", "c"], c: ["b"] });
    assert.deepEqual(findCircles(imports, [{ file: "hub", reason: "a union of them" }]), [
      "harness/: these files import each other in a circle: b, c",
    ]);
  });

  it("names a hub that closes no circle any more", () => {
    assert.deepEqual(findCircles(graph({ hub: ["a"], a: [] }), [{ file: "hub", reason: "a union of them" }]), [
      "layers.json allows hub to close a circle, but it closes none",
    ]);
  });
});
