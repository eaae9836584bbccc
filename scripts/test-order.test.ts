import assert from "node:assert/strict";
import { orderTests } from "./test-order.ts";

describe("the order of test files", () => {
  it("is the longest first, by the time that they allow their tests", () => {
    const files = [
      { path: "b.test.ts", text: "" },
      { path: "a.test.ts", text: "" },
      { path: "slow.test.ts", text: "this.timeout(20_000); it(); this.timeout(120_000);" },
      { path: "slower.test.ts", text: "const slowMs = 300_000; this.timeout(slowMs);" },
    ];
    const { alone, others } = orderTests(files);
    assert.deepEqual(alone, []);
    assert.deepEqual(others, ["slower.test.ts", "slow.test.ts", "a.test.ts", "b.test.ts"]);
  });

  it("keeps apart what makes or removes labs of dead owners, the shortest first, but not where it has machines of its own", () => {
    const texts: Readonly<Record<string, string>> = {
      "machines.test.ts": "this.timeout(600_000); runCli('down', '--stale')",
      "provider.test.ts": "const orphan = 1;",
      "docker.test.ts": 'this.timeout(60_000); from "./docker-engine.fixture.ts"',
      "hosts.test.ts": "this.timeout(90_000); const orphan = 1; await startMachines(plan, scope)",
      "orphans.test.ts": 'it("counts orphans")',
    };
    const { alone, others } = orderTests(Object.entries(texts).map(([path, text]) => ({ path, text })));
    assert.deepEqual(alone, ["provider.test.ts", "docker.test.ts", "machines.test.ts"]);
    assert.deepEqual(others, ["hosts.test.ts", "orphans.test.ts"]);
  });

  it("tells what judges labs of emulated machines, which need a processor of their own", () => {
    const judging = { path: "vm.test.ts", text: 'runCli("suite", "--provider", "vm"); await latestRun(out)' };
    const choosing = { path: "choice.test.ts", text: 'runCli("suite", "--provider", "vm")' };
    const { emulated, others } = orderTests([judging, choosing]);
    assert.deepEqual([emulated, others], [["vm.test.ts"], ["choice.test.ts"]]);
  });

  it("leaves what measures costs for when nothing else runs", () => {
    const measuring = { path: "cost.test.ts", text: "this.timeout(120_000); await measureNetwork(network)" };
    const { alone, others, calm } = orderTests([measuring, { path: "a.test.ts", text: "" }]);
    assert.deepEqual([alone, others, calm], [[], ["a.test.ts"], ["cost.test.ts"]]);
  });
});
