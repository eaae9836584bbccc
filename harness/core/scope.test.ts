import assert from "node:assert/strict";
import { CleanupError, Scope, cleanupFailuresOf, withScope } from "./scope.ts";

describe("Scope", () => {
  it("undoes in reverse order, all of it, also when one step fails", async () => {
    const order: string[] = [];
    const scope = new Scope();
    scope.defer("first", () => void order.push("first"));
    scope.defer("second", () => {
      order.push("second");
      throw new Error("stuck");
    });
    scope.defer("third", () => void order.push("third"));
    const failures = await scope.close();
    assert.deepEqual(order, ["third", "second", "first"]);
    assert.deepEqual(
      failures.map((failure) => failure.label),
      ["second"],
    );
  });

  it("undoes what was registered before a set-up died half-way", async () => {
    const undone: string[] = [];
    const body = withScope((scope) => {
      scope.defer("made", () => void undone.push("made"));
      throw new Error("set-up died");
    });
    await assert.rejects(body, /set-up died/);
    assert.deepEqual(undone, ["made"]);
  });

  it("lets the body's error win and attaches the clean-up's", async () => {
    const error = await withScope((scope) => {
      scope.defer("bridge", () => {
        throw new Error("busy");
      });
      throw new Error("the verdict");
    }).then(
      () => assert.fail("must reject"),
      (reason: unknown) => reason,
    );
    assert.equal((error as Error).message, "the verdict");
    assert.deepEqual(
      cleanupFailuresOf(error).map((failure) => failure.label),
      ["bridge"],
    );
  });

  it("fails a good body whose clean-up fails", async () => {
    const body = withScope((scope) => {
      scope.defer("bridge", () => {
        throw new Error("busy");
      });
      return Promise.resolve(1);
    });
    await assert.rejects(body, (error) => error instanceof CleanupError && error.message.includes("bridge: busy"));
  });

  it("keeps what is released", async () => {
    const scope = new Scope();
    scope.defer("lab", () => assert.fail("must stay"));
    assert.deepEqual(scope.release(), ["lab"]);
    assert.deepEqual(await scope.close(), []);
  });

  it("lets go of what this process alone holds also when the rest is released", async () => {
    const scope = new Scope();
    const done: string[] = [];
    scope.defer("lab", () => assert.fail("must stay"));
    scope.onLeave("connection", () => void done.push("connection"));
    assert.deepEqual(scope.release(), ["lab"]);
    assert.deepEqual(scope.pending(), ["connection"]);
    assert.deepEqual(await scope.close(), []);
    assert.deepEqual(done, ["connection"]);
  });

  it("spares what would be undone within something that goes as a whole", async () => {
    const scope = new Scope();
    const done: string[] = [];
    scope.defer("node", () => void done.push("node"));
    scope.deferWithin("device", () => assert.fail("goes with the node"));
    scope.abandon();
    assert.deepEqual(await scope.close(), []);
    assert.deepEqual(done, ["node"]);
  });

  it("undoes it where only a part goes", async () => {
    const scope = new Scope();
    const done: string[] = [];
    scope.deferWithin("device", () => void done.push("device"));
    assert.deepEqual(await scope.close(), []);
    assert.deepEqual(done, ["device"]);
  });
});
