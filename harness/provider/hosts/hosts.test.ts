import assert from "node:assert/strict";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { netnsProvider } from "../netns/index.ts";
import type { ProviderContext } from "../context.ts";
import { providerContract } from "../provider.contract.ts";
import type { Provider } from "../provider.ts";
import { startMachines, type ExistingMachines } from "./existing-machines.test-data.ts";
import { hostsProvider, type HostsOptions } from "./index.ts";

describe("hosts provider", function () {
  this.timeout(60_000);
  const scope = new Scope();
  let plan: Plan;
  let machines: ExistingMachines;

  before(async function () {
    plan = planTopology(await loadTopology("two-racks"));
    if ((await netnsProvider().check(plan)).length > 0) this.skip();
    const started = await startMachines(plan, scope);
    if (typeof started === "string") {
      console.log(`    skipped: install the package ${started}`);
      this.skip();
    }
    machines = started;
  });
  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  const providerOn = (change: Partial<HostsOptions> = {}, context: ProviderContext = {}): Provider =>
    hostsProvider(context, { inventory: machines.inventory, ...machines.options, ...change });

  /** Takes the machines by a process that then dies. */
  const orphan = async (of: Plan): Promise<string> => {
    const runId = newRunId();
    await withScope(async (inner) => {
      const owner = await localExecutor().spawn(["sh", "-c", "echo $$; exec sleep 60"], inner);
      const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
      await providerOn({}, { ownerPid }).provision(of, runId, new Scope());
    });
    return runId;
  };

  describe("contract", () => {
    beforeEach(function () {
      // A host carries one lab at a time: see the test that refuses the second.
      if (this.currentTest?.title === "keeps two labs of the same plan apart") this.skip();
    });
    providerContract(() => Promise.resolve({ provider: providerOn(), orphan }));
  });
});
