import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { shellQuote } from "../exec/quote.ts";
import { expectPath } from "../encap/expect.ts";
import { describeExpectation } from "../encap/describe.ts";
import { enumeratePaths, selectPaths, shardPaths } from "../encap/enumerate.ts";
import { modeOption } from "../encap/mode-words.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import { diagramMermaid, diagramSvg, diagramText } from "../topology/diagram.ts";
import type { Plan } from "../topology/plan.ts";
import { cellsOf, parseAxis, type Cell } from "./matrix-axes.ts";
import { helpGroups } from "./help-groups.ts";
import { teach, type Example } from "./teach.ts";
import { addScenarioOptions, resolveScenario, type ScenarioOptions } from "./scenario-options.ts";

interface ListOptions extends ScenarioOptions {
  readonly format: "table" | "json" | "github-matrix";
  readonly axis: string[];
  readonly diagram?: "mermaid" | "svg";
}

const usage = "npm run lab -- list [options]";

const examples: readonly Example[] = [
  ["npm run lab -- list --mode CrossSubnet", "every path, and the form that its packets must have"],
  ["npm run lab -- list --profile full --paths 'pod-to-pod/*'", "what a full run would check between pods"],
  ["npm run lab -- list --topology mine.yaml --diagram mermaid", "a picture of a topology of your own"],
  ["npm run lab -- list --mode all --format github-matrix", "one job for each mode, for a CI matrix"],
  ["npm run lab -- list --format github-matrix --axis shard=2", "the same in two shards each; --axis is repeatable"],
];

interface Scenario {
  readonly mode: Mode;
  readonly expectations: readonly PathExpectation[];
}

/** `list`: the plan and what would have to be true of every path, without touching anything. */
export function addList(program: Command): void {
  const command = program
    .command("list")
    .description("print scenarios, paths and what each must look like, without building anything");
  addScenarioOptions(teach(command, usage, examples))
    .optionsGroup(helpGroups.output)
    .addOption(
      new Option("--format <format>", "table for people, json for tools, github-matrix for a CI matrix")
        .choices(["table", "json", "github-matrix"])
        .default("table"),
    )
    .addOption(
      new Option(
        "--axis <name=values>",
        "what a CI matrix varies beside the mode: topology, calico, kernel, shard, …; repeatable",
      )
        .argParser((word: string, before: string[]) => [...before, word])
        .default([], "none"),
    )
    .addOption(new Option("--diagram <kind>", "print a picture of the lab instead").choices(["mermaid", "svg"]))
    .action(async (options: ListOptions) => {
      if (options.axis.length > 0 && options.format !== "github-matrix")
        throw new UsageError("--axis has an effect only with --format github-matrix");
      if (options.format === "github-matrix" && options.diagram === undefined) {
        console.log(await githubMatrix(options));
        return;
      }
      const { modes, plan } = await resolveScenario(options);
      if (options.diagram !== undefined) {
        console.log(options.diagram === "svg" ? diagramSvg(plan) : diagramMermaid(plan));
        return;
      }
      console.log((options.format === "json" ? asJson : asTable)(plan, scenarios(plan, modes, options)));
    });
}

function scenarios(plan: Plan, modes: readonly Mode[], options: ScenarioOptions): readonly Scenario[] {
  return modes.map((mode) => {
    const identities = identitiesFromAllocation(plan, mode);
    const all = enumeratePaths(plan, mode, options.profile);
    const paths = shardPaths(selectPaths(all, options.paths), options.shard);
    return { mode, expectations: paths.map((path) => expectPath(plan, mode, identities, path)) };
  });
}

function asTable(plan: Plan, list: readonly Scenario[]): string {
  const blocks = list.map(({ mode, expectations }) => {
    const width = Math.max(...expectations.map((expectation) => expectation.path.id.length));
    const lines = expectations.map((expectation) => {
      return `  ${expectation.path.id.padEnd(width)}  ${describeExpectation(expectation)}`;
    });
    return [`${mode.calicoName} (${mode.id}): ${String(expectations.length)} paths`, ...lines].join("\n");
  });
  return [`${diagramText(plan)}  plan ${plan.digest}`, ...blocks].join("\n\n");
}

function asJson(plan: Plan, list: readonly Scenario[]): string {
  const value = {
    schema: "encaplab/list/1",
    topology: plan.topology.name,
    planDigest: plan.digest,
    scenarios: list.map(({ mode, expectations }) => ({ mode: mode.id, paths: expectations })),
  };
  return JSON.stringify(value, undefined, 2);
}

/** A job for each mode and combination of axes; `args` are the options of `suite` for it. */
async function githubMatrix(options: ListOptions): Promise<string> {
  const cells = cellsOf(options.axis.map(parseAxis));
  const jobs = await Promise.all(
    cells.map(async ({ family, ...cell }) => {
      const own = { ...options, ...cell, ...(family === undefined ? {} : { family: family as "4" | "6" | "dual" }) };
      const { modes, plan } = await resolveScenario(own as ListOptions);
      return scenarios(plan, modes, own as ListOptions).map(({ mode, expectations }) =>
        jobOf(mode, expectations.length, plan, { ...cell, ...(family === undefined ? {} : { family }) }),
      );
    }),
  );
  return JSON.stringify({ include: jobs.flat() });
}

function jobOf(mode: Mode, paths: number, plan: Plan, cell: Cell): Readonly<Record<string, string | number>> {
  const { topology, ...others } = { topology: plan.topology.name, ...cell };
  const args = Object.entries({ topology, ...others }).map(([name, value]) => [`--${name}`, value]);
  const id = [mode.id, ...Object.values(cell)].map((part) => part.replaceAll(/[^\w.-]+/g, "-")).join("-");
  return {
    mode: mode.calicoName,
    id,
    topology,
    ...others,
    paths,
    args: shellQuote([...modeOption(mode), ...args.flat()]),
  };
}
