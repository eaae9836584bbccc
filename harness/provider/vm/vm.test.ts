import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local.ts";
import type { Plan } from "../../topology/plan.ts";
import { providerContract } from "../provider.contract.ts";
import { createVmProvider } from "./index.ts";

const host = localExecutor();

/** Machines are slow to come up where they are emulated; the first lab also downloads a kernel. */
const slowMs = 300_000;

async function orphanLab(plan: Plan): Promise<string> {
  const runId = newRunId();
  await withScope(async (scope) => {
    const owner = await host.spawn(["sh", "-c", "echo $$; exec sleep 120"], scope);
    const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
    await createVmProvider({ ownerPid }).provision(plan, runId, new Scope());
  });
  return runId;
}

describe("vm provider", function () {
  this.timeout(slowMs);

  providerContract(async (context) => {
    const problems = await createVmProvider().check({} as Plan);
    if (problems.length > 0) context.skip();
    return { provider: createVmProvider(), orphan: orphanLab };
  });
});
