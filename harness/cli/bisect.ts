import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Option, type Command } from "commander";
import { nextStep, type Next } from "../bisect/next-step.ts";
import { askBetween, candidateName, type Question } from "../bisect/question.ts";
import { renderEnd, renderStep } from "../bisect/render-bisect.ts";
import { newState, parseState, resumed, withStep, type BisectState } from "../bisect/state.ts";
import type { Step } from "../bisect/step.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { ExitCode, UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import { parseModes } from "../encap/mode-words.ts";
import type { Mode } from "../encap/mode.ts";
import { plural } from "../report/format.ts";
import { loadRun } from "../report/store.ts";
import { colorStyle, plainStyle, type Style } from "../report/style.ts";
import { labsOf, modeOf, tryCandidate, type Axis, type StepContext } from "./bisect-step.ts";
import { helpGroups } from "./help-groups.ts";
import { interruptSignal } from "./interrupt.ts";
import { chooseLabs, dataplaneOf } from "./lab-choice.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { addModeOptions, collect, resolveScenario, type ModeOptions } from "./scenario-options.ts";
import { parseCount } from "./parse-count.ts";
import { teach, type Example } from "./teach.ts";
import { typedWords } from "./typed-words.ts";
import { writeReports } from "./write-reports.ts";

interface BisectOptions extends ModeOptions, LabOptions {
  readonly good: string;
  readonly bad: string;
  readonly check: string;
  readonly skip: string[];
  readonly times: number;
  readonly restart?: boolean;
  readonly out: string;
  readonly color: boolean;
}

const usage = "npm run lab -- bisect [candidates...] --good A --bad B --check ID [options]";

const examples: readonly Example[] = [
  [
    "npm run lab -- bisect calico/*.tar --good v3.30.7 --bad v3.32.1 --check 'vxlan-cross-subnet/control-plane/*'",
    "which release broke it",
  ],
  [
    "npm run lab -- bisect 6.6 6.9 6.11 --good 6.1 --bad 6.12 --check 'ipip-always/pod-to-pod/cross-subnet/v4/a1->b1'",
    "which kernel",
  ],
  ["npm run lab -- bisect … --skip v3.31.0", "pass over what cannot be tested"],
];

/** `bisect`: which Calico or kernel of a list changed the answer of a check. */
export function addBisect(program: Command): void {
  const command = program
    .command("bisect")
    .description("find the Calico release or kernel of a list with which a check began to fail, or to pass")
    .argument(
      "[candidates...]",
      "archives, folders or images of Calico, or kernels, in order; the ends may be left out",
    )
    .optionsGroup(helpGroups.prove)
    .requiredOption(
      "--good <candidate>",
      "one with which the check passes; where it is the later one, the fix is found",
    )
    .requiredOption("--bad <candidate>", "one with which it fails")
    .requiredOption(
      "--check <id>",
      "a verdict's id, a pattern of ids, either with :CHECK, or a CHECK alone (with --mode)",
    )
    .addOption(
      new Option("--skip <candidate>", "pass over this one; repeatable").argParser(collect).default([], "none"),
    )
    .addOption(
      new Option("--times <n>", "runs in all of which a good one passes, for a fault that comes and goes")
        .argParser(parseCount)
        .default(1),
    )
    .option("--restart", "forget what earlier steps of the same question found");
  addLabOptions(addModeOptions(teach(command, usage, examples)))
    .optionsGroup(helpGroups.output)
    .option(
      "--out <dir>",
      "folder for results, and for the state with which an interrupted bisection goes on",
      "results",
    )
    .option("--no-color", "plain text (also by the NO_COLOR environment variable)")
    .action(async (between: string[], options: BisectOptions, own: Command) => {
      const question = askBetween({ good: options.good, bad: options.bad, between });
      const axis = axisOf(question.candidates);
      const mode = askedMode(options);
      const { plan } = await resolveScenario({ ...options, mode: [mode.id] });
      const again = typedWords(own, process.argv.slice(process.argv.indexOf("bisect") + 1), ownOptions);
      const key = await keyOf(question, [options.check, mode.id, String(options.times), ...again]);
      const file = join(options.out, `bisect-${key}.json`);
      const context: StepContext = {
        ...{ options, axis, check: options.check, times: options.times, mode, plan, again },
        seed: Number.parseInt(key, 16),
        signal: interruptSignal(),
      };
      // A release that is not there is wrong usage, and is said before the first lab is built.
      for (const candidate of question.candidates) dataplaneOf(chooseLabs(labsOf(context, candidate)));
      const state = await stateOf(file, { ...question, check: options.check }, options);
      process.exitCode = await bisect(state, file, context);
    });
}

/** Options that are the bisection's own, and nothing to a run of one candidate. */
const ownOptions = ["--good", "--bad", "--check", "--skip", "--times", "--restart", "--mode", "--encap", "--out"];

async function bisect(begun: BisectState, file: string, context: StepContext): Promise<ExitCode> {
  const style = context.options.color && process.stdout.isTTY && !process.env.NO_COLOR ? colorStyle : plainStyle;
  const { question } = begun;
  const kinds = context.axis === "calico" ? "Calico release" : "kernel";
  console.log(`bisect ${question.check} over ${plural(question.candidates.length, kinds)}; state in ${file}`);
  for (const step of begun.steps) console.log(`${renderStep(step, style)} · known`);
  for (let state = begun; ;) {
    const next = nextStep(question, state.steps);
    if (next.kind !== "try") return await end(next, style, context);
    if (process.stdout.isTTY) console.log(style.faint(`  … ${candidateName(next.candidate)}, ${left(next.left)}`));
    const step = await tryCandidate(next.candidate, context);
    state = withStep(state, step);
    await writeFileAtomic(file, `${JSON.stringify(state, undefined, 1)}\n`);
    console.log(`${renderStep(step, style)}${next.left > 1 ? ` · ${left(next.left - 1)}` : ""}`);
  }
}

function left(steps: number): string {
  return `at most ${plural(steps, "step")} left`;
}

/** Tells the end; the two runs that prove it get their pages now, as the others need none. */
async function end(found: Exclude<Next, { kind: "try" }>, style: Style, { options }: StepContext): Promise<ExitCode> {
  process.stdout.write(renderEnd(found, style));
  if (found.kind === "refuted") return found.step.answer === "untestable" ? ExitCode.lab : ExitCode.usage;
  for (const { run } of [found.before, found.after]) {
    if (run === undefined || !(await exists(join(run.folder, "run.json")))) continue;
    if (await exists(join(run.folder, "summary.html"))) continue;
    const { record, folder } = await loadRun(run.folder, options.out);
    await writeReports(record, folder, {});
  }
  return found.kind === "found" ? ExitCode.pass : ExitCode.lab;
}

/** Kernels are named by numbers or by packages; all else is a Calico. UsageError where a list has both. */
function axisOf(candidates: readonly string[]): Axis {
  const kernels = candidates.filter((word) => /^\d+\.\d+[\w.+~-]*$/.test(word) || word.endsWith(".deb"));
  if (kernels.length === 0) return "calico";
  if (kernels.length === candidates.length) return "kernel";
  const other = candidates.find((word) => !kernels.includes(word));
  throw new UsageError(`${kernels[0] ?? ""} is a kernel, and ${other ?? ""} is none`, {
    fix: "list kernels or releases of Calico; the other one may be fixed: --kernel 6.12, --calico FILE",
  });
}

function askedMode({ check, mode, encap }: BisectOptions): Mode {
  const named = modeOf(check);
  const given = mode.length === 0 ? [] : parseModes(mode, encap);
  if (named !== undefined && given.every(({ id }) => id === named.id)) return named;
  if (named !== undefined)
    throw new UsageError(`--check ${check} is of another mode than --mode`, { fix: "leave --mode out" });
  const [only, ...others] = given;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(`--check ${check} does not name its mode`, { fix: "add one: --mode VXLANCrossSubnet" });
}

/** What was found of a file is worth nothing once the file is another one, so the key has its size and time too. */
async function keyOf({ candidates, ...question }: Question, asked: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    candidates.map(async (word) => {
      const found = await stat(word).catch(() => undefined);
      return found === undefined ? word : `${word} ${found.size} ${found.mtimeMs}`;
    }),
  );
  return createHash("sha256")
    .update(JSON.stringify([stamps, question, asked]))
    .digest("hex")
    .slice(0, keyDigits);
}

/** Enough to tell the bisections of one folder apart, and few enough for a seed. */
const keyDigits = 7;

async function stateOf(
  file: string,
  question: BisectState["question"],
  { skip, restart }: BisectOptions,
): Promise<BisectState> {
  const kept =
    restart !== true && (await exists(file))
      ? resumed(parseState(await readFile(file, "utf8"), file))
      : newState(question);
  return skip.reduce((state, word) => withStep(state, passedOver(word, question)), kept);
}

function passedOver(word: string, { candidates, good, bad }: Question): Step {
  const candidate = candidates.find((one) => one === word || candidateName(one) === word);
  if (candidate === undefined)
    throw new UsageError(`--skip ${word} is not in the list`, { fix: "name one of the candidates" });
  if (candidate === good || candidate === bad) {
    throw new UsageError(`--skip ${word} is an end of the list`, { fix: "name another --good or --bad" });
  }
  return { candidate, answer: "untestable", reason: "passed over by --skip" };
}
