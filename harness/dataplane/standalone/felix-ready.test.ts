import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { waitForFelix } from "./felix-ready.ts";

describe("Felix's readiness", function () {
  this.timeout(30_000);
  const provider = netnsProvider();
  let folder: string;

  before(async function () {
    const problems = await provider.check(planTopology(await loadTopology("one-rack")));
    if (problems.length > 0) skipFor(this, "no namespaces here");
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-felix-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is asked on every node, and the one that is not ready is named with what it says", () =>
    withScope(async (scope) => {
      const lab = await provider.provision(planTopology(await loadTopology("one-rack")), newRunId(), scope);
      const [first, ...others] = lab.nodes;
      assert.ok(first);
      const health = ["busybox", "httpd", "-f", "-p", "127.0.0.1:9099", "-h", folder];
      for (const { executor } of others) await executor.spawn(health, scope);
      await writeFile(join(folder, "readiness"), "all well");
      await assert.rejects(waitForFelix(lab, 300), (error) => {
        assert.ok(error instanceof LabError);
        assert.match(error.message, /Felix on a1 to be ready; last seen: HTTP 000 .*connect/);
        return true;
      });
      await first.executor.spawn(health, scope);
      await waitForFelix(lab, 5000);
      await rm(join(folder, "readiness"));
      await assert.rejects(waitForFelix(lab, 300), /Felix on a\d to be ready; last seen: .*HTTP 404/);
    }));
});
