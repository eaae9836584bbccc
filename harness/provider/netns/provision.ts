import { LabError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import { runBatch } from "../../exec/batch.ts";
import type { Executor } from "../../exec/executor.ts";
import { inNamespace, namespacePrefixArgv } from "../../exec/namespace.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { Plan } from "../../topology/plan.ts";
import { removeLab } from "./destroy.ts";
import { fabricNamespace, type LabId } from "./names.ts";
import { renderLab, type RenderedMember } from "./render-lab.ts";

/** Namespaces set up side by side: they wait for one kernel lock most of the time, so more than this gains nothing. */
const parallelMembers = 4;

/**
 * Builds all namespaces, wires, addresses and routes of a plan with three processes of our own: one `ip -batch` for the
 * namespaces, one shell in the fabric for bridges and wires, one batch for what is inside the members.
 */
export async function buildLab(plan: Plan, id: LabId, host: Executor, scope: Scope): Promise<void> {
  const lab = renderLab(plan, id);
  scope.defer(`remove lab ${id.runId}: npm run lab -- down ${id.runId}`, () => removeLab(id.runId, host));
  await host.run(["ip", "-batch", "-"], { input: lab.namespaces });
  const fabric = inNamespace(host, fabricNamespace(id), `fabric of lab ${id.runId}`);
  await fabric.run(["sh", "-s"], { input: lab.fabric });
  await setUpMembers(lab.members, host);
}

async function setUpMembers(members: readonly RenderedMember[], host: Executor): Promise<void> {
  const commands = members.map(({ name, namespace, script }) => ({
    id: name,
    argv: [...namespacePrefixArgv(namespace), "sh", "-c", script],
  }));
  const results = await runBatch(host, commands, { parallel: parallelMembers, timeoutMs: 120_000 });
  for (const { name, namespace } of members) {
    const result = results.get(name);
    if (result === undefined || result.exitCode === 0) continue;
    throw new LabError(`${name} could not be set up`, {
      where: `${name} (netns ${namespace})`,
      command: shellQuote(result.argv),
      tail: result.stderr.trim(),
    });
  }
}
