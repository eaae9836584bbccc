import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { testsConcerned } from "./changed-tests.ts";

describe("tests of what changed", () => {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const tests = ["harness/topology/address.test.ts", "harness/core/poll.test.ts", "harness/report/console.test.ts"];
  const concerned = (...changed: string[]) => testsConcerned(tests, changed, root);

  it("are those that import it, by whatever way", async () => {
    assert.deepEqual(await concerned("harness/core/poll.ts"), ["harness/core/poll.test.ts"]);
    const byAddress = await concerned("harness/topology/address.ts");
    assert.ok(byAddress.includes("harness/topology/address.test.ts"));
    assert.ok(byAddress.includes("harness/report/console.test.ts"));
  });

  it("are the test itself, those beside its data, and none for prose", async () => {
    assert.deepEqual(await concerned("harness/core/poll.test.ts"), ["harness/core/poll.test.ts"]);
    assert.deepEqual(await concerned("harness/report/testdata/console-passing.txt"), [
      "harness/report/console.test.ts",
    ]);
    assert.deepEqual(await concerned("README.md"), []);
  });
});
