import assert from "node:assert/strict";
import { scriptedExecutor } from "../exec/scripted.ts";
import { shellQuote } from "../exec/quote.ts";
import type { LabNode } from "../lab/lab.ts";
import { namespacePod } from "./namespace-pod.ts";

const nodeWith = (enter: LabNode["enter"]): LabNode => ({
  name: "a1",
  role: "node",
  executor: scriptedExecutor([]),
  enter,
  namespacePrefix: "el7f3kq-",
});

describe("pods that are namespaces", () => {
  it("are entered by the way into their node, in a container as on a machine", () => {
    const container = nodeWith((program = ["sh"]) => ["docker", "exec", "-it", "c", ...program]);
    assert.deepEqual(namespacePod(container, "a1-p1").enter(), [
      ...["docker", "exec", "-it", "c"],
      ...["nsenter", "--net=/run/netns/el7f3kq-a1-p1", "--", "sh"],
    ]);
    const machine = nodeWith((program) => ["ssh", "a1", ...(program === undefined ? [] : ["-t", shellQuote(program)])]);
    assert.deepEqual(namespacePod(machine, "a1-p1").enter(), [
      ...["ssh", "a1", "-t"],
      "nsenter --net=/run/netns/el7f3kq-a1-p1 -- sh",
    ]);
  });

  it("say where they are, on which node", () => {
    const { executor, node } = namespacePod(
      nodeWith(() => []),
      "a1-p1",
    );
    assert.equal(node, "a1");
    assert.equal(executor.where, "pod a1-p1 (netns el7f3kq-a1-p1) on scripted");
  });
});
