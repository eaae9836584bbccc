import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import { compareDataplanes, type ExplainedDifference } from "../run/compare-dataplanes.ts";
import { chosenDataplane, machinesFor } from "./chosen-dataplane.ts";
import { chosenProviders } from "./chosen-providers.ts";
import { interruptSignal } from "./interrupt.ts";
import { addProviderOptions, type ProviderOptions } from "./provider-options.ts";
import { addScenarioOptions, resolveScenario, type ScenarioOptions } from "./scenario-options.ts";

interface CompareOptions extends ScenarioOptions, Omit<ProviderOptions, "dataplane"> {
  readonly dataplane: Pair;
  readonly json?: boolean;
}

type Pair = readonly [first: string, second: string];

const twoDataplanes = (): Option =>
  new Option("--dataplane <names>", `the two to compare, of ${comparable.join(", ")}`)
    .argParser(parsePair)
    .default(comparable, comparable.join(","));

/** "auto" is no name for a comparison: it would be one of these. */
const comparable = ["calico", "reference"] as const;

/** Reads "calico,reference". */
function parsePair(text: string): Pair {
  const names = text.split(",").map((name) => name.trim());
  const [first, second, ...others] = names;
  const known = names.every((name) => comparable.some((each) => each === name));
  if (first !== undefined && second !== undefined && others.length === 0 && known) return [first, second];
  throw new UsageError(`--dataplane ${text} does not name two dataplanes to compare`, {
    fix: `--dataplane ${comparable.join(",")}`,
  });
}

/** `compare`: what two dataplanes program differently in the same lab and mode, with the reason for each difference. */
export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("put two dataplanes on the same lab, one after the other, and list what they program differently");
  addProviderOptions(addScenarioOptions(command), twoDataplanes())
    .option("--json", "print JSON instead of text")
    .action(async (options: CompareOptions) => {
      const { modes, plan } = await resolveScenario(options);
      const [first, second] = options.dataplane;
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
