import { LabError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { CommandResult, Executor } from "../exec/executor.ts";
import type { Plan } from "../topology/plan.ts";
import { removeLab } from "../lab/remove-lab.ts";
import type { LabId } from "../lab/lab-id.ts";
import { renderLab } from "./render-lab.ts";
import { renderBuildScript } from "./render-script.ts";
import { explainWalk, planWalks, type Walk } from "./walk.ts";

/** Milliseconds for the whole script; a hundred namespaces need half a second. */
const buildTimeoutMs = 120_000;

/**
 * Builds all namespaces, wires, addresses and routes of a plan, and pings along the walks until each has been answered.
 * Throws a LabError that names the member that could not be set up, or the hop at which the underlay is broken.
 */
export async function buildLab(
  plan: Plan,
  id: LabId,
  host: Executor,
  scope: Scope,
  walks: readonly Walk[] = planWalks(plan),
): Promise<void> {
  const input = renderBuildScript(renderLab(plan, id), walks, id);
  scope.defer(`remove lab ${id.runId}: npm run lab -- down ${id.runId}`, () => removeLab(id.runId, host));
  const result = await host.tryRun(["sh", "-s"], { input, timeoutMs: buildTimeoutMs });
  if (result.exitCode !== 0) throw stepFailed(id, result);
  const unreached = /^unreached (\d+)$/m.exec(result.stdout)?.[1];
  const walk = unreached === undefined ? undefined : walks[Number(unreached)];
  if (walk !== undefined) throw await explainWalk(walk, plan, id, host);
}

function stepFailed({ runId }: LabId, { stdout, stderr, exitCode, where }: CommandResult): LabError {
  const step = /^failed (.*)$/m.exec(stdout)?.[1] ?? `the script that builds it (exit ${exitCode})`;
  return new LabError(`lab ${runId} could not be built: ${step} could not be set up`, {
    where,
    tail: stderr.trim(),
    fix: "npm run lab -- doctor",
  });
}
