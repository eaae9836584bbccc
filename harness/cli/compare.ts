import type { Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import { compareDataplanes, type ExplainedDifference } from "../run/compare-dataplanes.ts";
import { chosenDataplane, machinesFor } from "./chosen-dataplane.ts";
import { chosenProviders } from "./chosen-providers.ts";
import { interruptSignal } from "./interrupt.ts";
import { addProviderOptions, type ProviderOptions } from "./provider-options.ts";
import { addScenarioOptions, resolveScenario, type ScenarioOptions } from "./scenario-options.ts";

interface CompareOptions extends ScenarioOptions, ProviderOptions {
  readonly between: string;
  readonly json?: boolean;
}

/** `compare`: what two dataplanes program differently in the same lab and mode, with the reason for each difference. */
export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("put two dataplanes on the same lab, one after the other, and list what they program differently");
  addProviderOptions(addScenarioOptions(command))
    .option("--between <names>", "the two dataplanes", "calico,reference")
    .option("--json", "print JSON instead of text")
    .action(async (options: CompareOptions) => {
      const { modes, plan } = await resolveScenario(options);
      const [first, second, ...others] = options.between.split(",");
      if (first === undefined || second === undefined || others.length > 0) {
        throw new UsageError("--between takes two names", { fix: "--between calico,reference" });
      }
      const dataplane = (name: string) => chosenDataplane({ ...options, dataplane: name });
      const signal = interruptSignal();
      for (const mode of modes) {
        const runId = newRunId();
        const dataplanes = [dataplane(first), dataplane(second)] as const;
        const providers = await chosenProviders(options, machinesFor({ ...options, dataplane: "auto" }));
        const differences = await compareDataplanes({ runId, mode, plan, providers, dataplanes, signal });
        if (options.json === true)
          console.log(JSON.stringify({ mode: mode.id, first, second, differences }, undefined, 2));
        else console.log(render(mode.id, first, second, differences));
        if (differences.some(({ because }) => because === undefined)) process.exitCode = ExitCode.fail;
      }
    });
}

function render(mode: string, first: string, second: string, differences: readonly ExplainedDifference[]): string {
  const unexplained = differences.filter(({ because }) => because === undefined).length;
  const lines = differences.map(
    ({ node, what, subject, a, b, because }) =>
      `  ${because === undefined ? "✘" : "·"} ${node} ${what} ${subject}\n      ${first}: ${a ?? "nothing"}\n      ${second}: ${b ?? "nothing"}\n      ${because ?? "NOT EXPLAINED"}`,
  );
  return [`${mode}: ${differences.length} differences, ${unexplained} of them not explained`, ...lines].join("\n");
}
