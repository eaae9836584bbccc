import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { askedDataplane } from "../dataplane/registry.ts";
import { askedProviders } from "../provider/registry.ts";
import { newRunId } from "../core/run-id.ts";
import { compareDataplanes, type ExplainedDifference } from "../run/compare-dataplanes.ts";
import { interruptSignal } from "./interrupt.ts";
import { cacheOf, dataplaneOf, providersOf, refuseIdleFlags, type LabChoice } from "./lab-choice.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { helpGroups } from "./help-groups.ts";
import { teach, type Example } from "./teach.ts";
import { getRunTools } from "./get-run-tools.ts";
import { addModeOptions, resolveScenario, type ModeOptions } from "./scenario-options.ts";

interface CompareOptions extends ModeOptions, Omit<LabOptions, "dataplane"> {
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

const usage = "npm run lab -- compare [options]";

const examples: readonly Example[] = [
  ["npm run lab -- compare --calico-archive calico.tar", "what real Calico programs differently from the reference"],
  ["npm run lab -- compare --calico-bin DIR --mode VXLAN", "in one mode, with binaries from a folder"],
  ["npm run lab -- compare --calico-archive calico.tar --json", "for tools"],
];

/** `compare`: what two dataplanes program differently in the same lab and mode, with the reason for each difference. */
export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("install two dataplanes in the same lab, one after the other, and list what they program differently");
  addLabOptions(addModeOptions(teach(command, usage, examples)), twoDataplanes())
    .optionsGroup(helpGroups.output)
    .option("--json", "print JSON instead of text")
    .action(async (options: CompareOptions) => {
      const { modes, plan } = await resolveScenario(options);
      const [first, second] = options.dataplane;
      const labs = labsOfBoth(options);
      const signal = interruptSignal();
      for (const mode of modes) {
        const dataplanes = [dataplaneOf(labs[0]), dataplaneOf(labs[1])] as const;
        for (const each of labs) await getRunTools(each, plan);
        const providers = await providersOf(
          labs.find(({ dataplane }) => dataplane.offer.payload !== undefined) ?? labs[0],
        );
        const differences = await compareDataplanes(
          { id: newRunId(), modes: [mode], plan },
          { providers, dataplanes, signal },
        );
        if (options.json === true)
          console.log(JSON.stringify({ mode: mode.id, first, second, differences }, undefined, 2));
        else console.log(render(mode.id, first, second, differences));
        if (differences.some(({ because }) => because === undefined)) process.exitCode = ExitCode.fail;
      }
    });
}

/** The same labs for either dataplane; a flag must do something for one of them. */
function labsOfBoth(options: CompareOptions): readonly [LabChoice, LabChoice] {
  const given = { ...options };
  const offers = askedProviders(options.provider, given);
  const labs = (word: string): LabChoice => {
    return { given, cache: cacheOf(options), offers, dataplane: askedDataplane(word, given, offers[0]?.cluster) };
  };
  const [first, second] = [labs(options.dataplane[0]), labs(options.dataplane[1])];
  refuseIdleFlags(given, [...offers, first.dataplane.offer, second.dataplane.offer]);
  return [first, second];
}

function render(mode: string, first: string, second: string, differences: readonly ExplainedDifference[]): string {
  const unexplained = differences.filter(({ because }) => because === undefined).length;
  const lines = differences.map(
    ({ node, what, subject, a, b, because }) =>
      `  ${because === undefined ? "✘" : "·"} ${node} ${what} ${subject}\n      ${first}: ${a ?? "nothing"}\n      ${second}: ${b ?? "nothing"}\n      ${because ?? "NOT EXPLAINED"}`,
  );
  return [`${mode}: ${differences.length} differences, ${unexplained} of them not explained`, ...lines].join("\n");
}
