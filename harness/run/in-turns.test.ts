import assert from "node:assert/strict";
import { inTurns, type Turn } from "./in-turns.ts";

describe("work in turns", () => {
  let log: string[];
  beforeEach(() => {
    log = [];
  });

  const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** Prepares, waits for its turn, lets the next prepare, and works until that is done with it. */
  const work = async (name: string, turn: Turn): Promise<void> => {
    log.push(`prepare ${name}`);
    await soon();
    log.push(`${name} is prepared`);
    turn.prepared();
    await turn.come;
    log.push(`begin ${name}`);
    turn.prepareNext();
    await turn.quiet();
    assert.equal(turn.quiet(), undefined);
    log.push(`end ${name}`);
  };

  it("prepares the next one beside, and begins it when the one before has ended", async () => {
    await inTurns(["a", "b", "c"], work);
    assert.deepEqual(log, [
      ...["prepare a", "a is prepared", "begin a"],
      ...["prepare b", "b is prepared", "end a", "begin b"],
      ...["prepare c", "c is prepared", "end b", "begin c", "end c"],
    ]);
  });

  it("prepares nothing before its turn that nobody has asked for", async () => {
    await inTurns(["a", "b"], async (name, turn) => {
      await turn.come;
      assert.equal(turn.quiet(), undefined);
      log.push(`begin ${name}`);
      await soon();
      log.push(`end ${name}`);
    });
    assert.deepEqual(log, ["begin a", "end a", "begin b", "end b"]);
  });

  it("is over with the first error, when what was prepared meanwhile has ended too", async () => {
    const failing = inTurns(["a", "b", "c"], async (name, turn) => {
      if (name === "a") {
        turn.prepareNext();
        await soon();
        throw new RangeError("a broke");
      }
      log.push(`prepare ${name}`);
      try {
        await turn.come;
      } finally {
        await soon();
        log.push(`${name} is cleared away`);
      }
    });
    await assert.rejects(failing, /a broke/);
    assert.deepEqual(log, ["prepare b", "b is cleared away"]);
  });

  it("waits no longer for one that could not be prepared, and throws its error in its turn", async () => {
    const failing = inTurns(["a", "b"], async (name, turn) => {
      if (name === "b") throw new RangeError("b broke");
      turn.prepareNext();
      await turn.quiet();
      await soon();
      log.push("end a");
    });
    await assert.rejects(failing, /b broke/);
    assert.deepEqual(log, ["end a"]);
  });
});
