import assert from "node:assert/strict";
import { LabError } from "../../core/errors.ts";
import { Stopwatch } from "./stopwatch.ts";
import { walkFacts, type NodeTrouble } from "./walk-facts.ts";

/** A look that gives these answers one after the other, and the last one for ever. */
function looks(
  ...answers: readonly (readonly NodeTrouble[])[]
): () => Promise<{ value: string; troubles: readonly NodeTrouble[] }> {
  let count = 0;
  return () => {
    const troubles = answers[Math.min(count, answers.length - 1)] ?? [];
    count += 1;
    return Promise.resolve({ value: `look ${count}`, troubles });
  };
}

const device = (node: string): NodeTrouble => ({ node, step: "device", seen: "no device vxlan.calico" });
const route = (node: string): NodeTrouble => ({ node, step: "route", seen: "route to 198.19.0.64/26 is missing" });
const options = { what: "the nodes", timeoutMs: 40, intervalMs: 1 };

describe("the walk to convergence on all nodes", () => {
  it("reaches a step with the last node, tells each once, and gives what the last look learned", async () => {
    const watch = new Stopwatch();
    const value = await walkFacts(
      looks([device("a1"), route("b1")], [route("b1")], [device("a1")], []),
      watch,
      options,
    );
    assert.equal(value, "look 4");
    assert.deepEqual(
      watch.steps.map(({ step }) => step),
      ["device", "address", "neighbor", "route"],
    );
  });

  it("names the nodes that are behind, the furthest first, and how many more there are", async () => {
    const behind = [route("b1"), device("a2"), route("b2"), route("b3"), route("b4")];
    await assert.rejects(walkFacts(looks(behind), new Stopwatch(), options), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(
        error.message,
        /last seen: node a2, step device: no device .*; node b1, step route: .*; 2 more nodes$/,
      );
      return true;
    });
  });

  it("ends at once where waiting is in vain", async () => {
    const seen: string[] = [];
    const refuse = ({ node }: NodeTrouble): Promise<void> => {
      seen.push(node);
      return Promise.reject(new LabError("Felix keeps crashing"));
    };
    await assert.rejects(walkFacts(looks([device("a1")]), new Stopwatch(), options, refuse), /keeps crashing/);
    assert.deepEqual(seen, ["a1"]);
  });
});
