import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { shellQuote } from "../exec/quote.ts";
import { expectPath } from "../encap/expect.ts";
import { enumeratePaths, selectPaths, shardPaths } from "../encap/enumerate.ts";
import { modeOption } from "../encap/mode-words.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Mode } from "../encap/mode.ts";
import { diagramMermaid, diagramSvg } from "../topology/diagram.ts";
import type { Plan } from "../topology/plan.ts";
import { axisNames, cellsOf, parseAxis, type Cell } from "./matrix-axes.ts";
import { pathJson, pathTable, printPieces, type ListedMode } from "./print-paths.ts";
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
      new Option("--axis <name=values>", `what a CI matrix varies beside the mode: ${axisNames.join(", ")}; repeatable`)
        .argParser((word: string, before: string[]) => [...before, word])
        .default([], "none"),
    )
    .addOption(new Option("--diagram <kind>", "print a picture of the lab instead").choices(["mermaid", "svg"]))
    .action(async (options: ListOptions) => {
      if (options.axis.length > 0 && options.format !== "github-matrix")
        throw new UsageError("--axis has an effect only with --format github-matrix");
      if (options.diagram !== undefined && options.format !== "table")
        throw new UsageError("--diagram prints a picture, and has no --format", { fix: "leave one of the two out" });
      if (options.format === "github-matrix") {
        console.log(await githubMatrix(options));
        return;
      }
      const { modes, plan } = await resolveScenario(options);
      if (options.diagram !== undefined) {
        console.log(options.diagram === "svg" ? diagramSvg(plan) : diagramMermaid(plan));
        return;
      }
      const pieces = (options.format === "json" ? pathJson : pathTable)(plan, listed(plan, modes, options));
      await printPieces(pieces, process.stdout);
    });
}

function listed(plan: Plan, modes: readonly Mode[], options: ScenarioOptions): readonly ListedMode[] {
  return modes.map((mode) => {
    const identities = identitiesFromAllocation(plan, mode);
    const all = enumeratePaths(plan, mode, options.profile);
    const paths = shardPaths(selectPaths(all, options.paths), options.shard);
    return { mode, paths, expect: (path) => expectPath(plan, mode, identities, path) };
  });
}

/** A job for each mode and combination of axes; `args` are the options of `suite` for it. */
async function githubMatrix(options: ListOptions): Promise<string> {
  const cells = cellsOf(options.axis.map(parseAxis));
  const jobs = await Promise.all(
    cells.map(async ({ family, ...cell }) => {
      const own = { ...options, ...cell, ...(family === undefined ? {} : { family: family as "4" | "6" | "dual" }) };
      const { modes, plan } = await resolveScenario(own as ListOptions);
      return listed(plan, modes, own as ListOptions).map(({ mode, paths }) =>
        jobOf(mode, paths.length, plan, { ...cell, ...(family === undefined ? {} : { family }) }),
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
