import type { HopRecord, PathRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { tellingBlocks } from "./evidence-groups.ts";
import { plural } from "./format.ts";
import { leadingVerdict, type PathOutcome } from "./path-outcome.ts";
import { againCommand, seeItCommands } from "./see-it.ts";
import { marks, paint, type Style } from "./style.ts";

export interface ProblemOptions {
  readonly style: Style;
  /** Results folder as commands shall name it. */
  readonly folder: string;
  /** Verb and options that repeat the run. */
  readonly repeat: readonly string[];
  /** All evidence instead of its first lines. */
  readonly verbose: boolean;
}

/** What went wrong on one path: expected and observed, the hop, the packets, the routes, how to see and to repeat it. */
export function renderProblem(outcome: PathOutcome, options: ProblemOptions): readonly string[] {
  const { style } = options;
  const leading = leadingVerdict(outcome);
  const others = outcome.verdicts.filter((verdict) => verdict !== leading && isProblem(verdict));
  const { path } = outcome;
  return [
    renderProblemLine(outcome, style),
    ...(leading === undefined ? [indent + outcome.reason] : verdictLines(leading, path, options)),
    ...others.flatMap((verdict) => [`${indent}also ${verdict.check}`, ...comparison(verdict, style)]),
    ...(path === undefined ? [] : wrongHops(path, style)),
    ...(path === undefined ? [] : evidenceLines(path, options)),
    ...commandLines(outcome, options),
  ];
}

/** The same in two lines: for a path that is wrong in the way of another one. */
export function renderBriefProblem(outcome: PathOutcome, style: Style): readonly string[] {
  const leading = leadingVerdict(outcome);
  // Of a node is observed how much differs, and the reason says what.
  const what = outcome.path === undefined ? firstLine(outcome.reason) : leading?.observed;
  return [renderProblemLine(outcome, style), indent + (what ?? outcome.reason)];
}

function firstLine(text: string): string | undefined {
  return text.split("\n").find((line) => line !== "");
}

/** The same in one line: for the paths after the first few. */
function renderProblemLine(outcome: PathOutcome, style: Style): string {
  const head = `  ${marks[outcome.status]} ${outcome.id}   ${outcome.category ?? ""}`;
  return paint(style, outcome.status, head.trimEnd());
}

const indent = "      ";

/** Columns up to which expected and observed stand side by side. */
const sideBySideWidth = 120;

/** Lines of one block of evidence shown unless verbose. */
const shownLines = 8;

function isProblem(verdict: Verdict): boolean {
  return verdict.status === "fail" || verdict.status === "inconclusive";
}

function verdictLines(verdict: Verdict, path: PathRecord | undefined, options: ProblemOptions): readonly string[] {
  const reasons = verdict.reason === undefined ? [] : [...new Set(verdict.reason.split("; "))];
  // The packets that prove it follow with the path's evidence, layer by layer: here only what explains them.
  const told = path !== undefined && !options.verbose && path.hops.some((hop) => !hop.ok);
  const fresh = verdict.evidence.filter((line) => verdict.reason?.includes(line) !== true);
  const evidence = told ? fresh.filter((line) => !/^ |:$/.test(line)) : fresh;
  return [
    ...comparison(verdict, options.style),
    ...reasons.flatMap((reason) => reason.split("\n").filter((line) => line !== "")).map((line) => indent + line),
    ...cut(evidence, options).map((line) => indent + line),
  ];
}

function comparison(verdict: Verdict, style: Style): readonly string[] {
  const { expected, observed, status } = verdict;
  const sign = status === "fail" ? `   ${style.fail("<── WRONG")}` : "";
  const line = `${indent}expected  ${expected.padEnd(28)}   observed  ${observed}`;
  if (line.length <= sideBySideWidth) return [line + sign];
  return [`${indent}expected  ${expected}`, `${indent}observed  ${observed}${sign}`];
}

function wrongHops(path: PathRecord, style: Style): readonly string[] {
  const wrong = path.hops.filter((hop) => !hop.ok);
  const place = (hop: HopRecord): string => `${hop.node}/${hop.device}`;
  const width = Math.max(0, ...wrong.map((hop) => place(hop).length));
  return wrong.map((hop) => {
    const text = `${hop.direction.padEnd(7)}  ${place(hop).padEnd(width)}  ${hop.role.padEnd(13)}`;
    const count = hop.observed.includes("×") ? "" : ` (${plural(hop.packets, "packet")})`;
    return `${indent}${text}  expected ${hop.expected}, observed ${hop.observed}${count}   ${style.fail("<──")}`;
  });
}

function evidenceLines(path: PathRecord, options: ProblemOptions): readonly string[] {
  const blocks = options.verbose ? path.evidence : tellingBlocks(path);
  return blocks.flatMap(({ title, lines }) => [
    `${indent}${options.style.faint(title)}`,
    ...cut(lines, options).map((line) => `${indent}  ${line}`),
  ]);
}

function commandLines({ path, again }: PathOutcome, options: ProblemOptions): readonly string[] {
  const commands = path === undefined ? [] : seeItCommands(path, options.folder);
  const shown = options.verbose ? commands : commands.slice(0, 1);
  const repeat = again ?? (path && againCommand(path, options.repeat));
  return [
    ...shown.map((command) => `${indent}see it    ${command}`),
    ...(repeat === undefined ? [] : [`${indent}again     ${repeat}`]),
  ];
}

function cut(lines: readonly string[], { verbose, style }: ProblemOptions): readonly string[] {
  if (verbose || lines.length <= shownLines) return lines;
  return [...lines.slice(0, shownLines), style.faint(`… ${lines.length - shownLines} more in run.json`)];
}
