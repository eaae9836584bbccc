import { withScope, Scope } from "../../core/scope.ts";
import { newRunId } from "../../core/run-id.ts";
import { needDocker } from "../../exec/docker-engine.test-data.ts";
import { localExecutor } from "../../exec/local.ts";
import type { Plan } from "../../topology/plan.ts";
import { providerContract } from "../provider.contract.ts";
import { createDockerProvider } from "./index.ts";

/** Builds a lab whose owner is a process that then dies. */
async function orphanLab(plan: Plan): Promise<string> {
  const runId = newRunId();
  await withScope(async (scope) => {
    const owner = await localExecutor().spawn(["sh", "-c", "echo $$; exec sleep 60"], scope);
    const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
    await createDockerProvider({ ownerPid }).provision(plan, runId, new Scope());
  });
  return runId;
}

describe("docker provider", function () {
  this.timeout(120_000);
  providerContract(
    async (context) => {
      await needDocker(context);
      return { provider: createDockerProvider(), orphan: orphanLab };
    },
    { labsAtOnce: "one" },
  );
});
