import { formatMs, plural } from "../report/format.ts";
import { paint, type Style } from "../report/style.ts";
import type { Next } from "./next-step.ts";
import { candidateName } from "./question.ts";
import type { Step, StepVerdict } from "./step.ts";

/** A step as a line of the log. */
export function renderStep(step: Step, style: Style): string {
  const { candidate, answer, reason, run } = step;
  const word = paint(style, statusOf[answer], (answer === "untestable" ? "skip" : answer).padEnd(4));
  const facts = [
    versionsText(step),
    ...(run === undefined
      ? []
      : [
          verdictCount(step),
          run.runs > 1 ? `run ${run.id}, ${answer === "good" ? "the last of" : "after"} ${run.runs}` : `run ${run.id}`,
          formatMs(run.seconds * 1000),
        ]),
    ...(answer === "untestable" ? [`cannot be tested: ${reason}`] : []),
  ].filter((text) => text !== "");
  return `  ${word}  ${candidateName(candidate)}  ${facts.join(" · ")}`;
}

/** How a bisection ended, with what its two neighbors say; ends with a line end. */
export function renderEnd(end: Exclude<Next, { kind: "try" }>, style: Style): string {
  const lines = linesOf(end, style);
  return `${lines.join("\n")}\n`;
}

const statusOf = { good: "pass", bad: "fail", untestable: "skip" } as const;

function linesOf(end: Exclude<Next, { kind: "try" }>, style: Style): readonly string[] {
  if (end.kind === "refuted") return refuted(end.step, end.said, style);
  const { before, after } = end;
  const [failed] = [before, after].flatMap(({ run, answer }) => (answer === "bad" ? (run?.verdicts[0] ?? []) : []));
  const evidence = [
    ...neighbor("before", before, style, failed),
    ...neighbor("after", after, style, failed),
    ...changes(before, after),
  ];
  if (end.kind === "found") return ["", style.strong(verdictOf(before, after)), ...evidence];
  const suspects = [...end.untestable, after].map(({ candidate }) => candidateName(candidate));
  return [
    "",
    style.doubt(`undecided: the change came with one of ${suspects.join(", ")}`),
    ...end.untestable.map((step) => `  ${candidateName(step.candidate)} cannot be tested: ${step.reason}`),
    ...evidence,
  ];
}

function verdictOf(before: Step, after: Step): string {
  const [name, former] = [after, before].map(({ candidate }) => candidateName(candidate));
  return after.answer === "bad"
    ? `culprit: ${name ?? ""} is the first bad one; ${former ?? ""} before it is good`
    : `mended by: ${name ?? ""} is the first good one; ${former ?? ""} before it is bad`;
}

function refuted(step: Step, said: string, style: Style): readonly string[] {
  const name = candidateName(step.candidate);
  const found = step.answer === "untestable" ? `cannot be tested: ${step.reason}` : `is ${step.answer}`;
  return [
    "",
    style.doubt(`nothing to bisect: ${name} was said to be ${said}, and ${found}`),
    ...neighbor("evidence", step, style),
  ];
}

/** What one neighbor shows: its verdict on the question that the other one answers otherwise, in full, and where the rest is. */
function neighbor(place: string, step: Step, style: Style, failed?: StepVerdict): readonly string[] {
  const { run, reason, candidate, answer } = step;
  if (run === undefined) return [];
  const alike = run.verdicts.find(({ id, check }) => id === failed?.id && check === failed.check);
  const first = alike ?? run.verdicts[0];
  const shown =
    first === undefined
      ? []
      : [`      ${first.id}: ${first.check}`, `      expected  ${first.expected}`, `      observed  ${first.observed}`];
  const told = answer === "bad" && reason !== "" ? reason.split("\n").slice(0, shownLines) : [];
  return [
    "",
    `  ${place.padEnd(8)} ${paint(style, statusOf[answer], answer)}  ${candidateName(candidate)}  ${versionsText(step)}`,
    ...shown,
    ...told.map((line) => `      ${line}`),
    ...run.causes.map((cause) => `      cause     ${cause}`),
    `      all of it ${run.folder}`,
    `      again     ${run.again}`,
  ];
}

/** Lines of a reason that a terminal shows; all of them are in the run. */
const shownLines = 4;

/** What else tells the neighbors apart; the culprit is only sure where it is one thing. */
function changes({ run: before }: Step, { run: after }: Step): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const names = [...new Set([...Object.keys(before.versions), ...Object.keys(after.versions)])];
  const differing = names.filter((name) => before.versions[name] !== after.versions[name]);
  const told = differing.map(
    (name) => `${name} ${before.versions[name] ?? "none"} → ${after.versions[name] ?? "none"}`,
  );
  return told.length === 0 ? [] : ["", `  differs  ${told.join(", ")}`];
}

function versionsText({ run }: Step): string {
  return Object.entries(run?.versions ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function verdictCount({ run, answer }: Step): string {
  const count = plural(run?.verdicts.length ?? 0, "verdict");
  return answer === "good" ? `${count} passed` : answer === "bad" ? `${count} failed` : "";
}
