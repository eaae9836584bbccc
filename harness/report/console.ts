import { scenarioTitle } from "./scenario-title.ts";
import { systemClock, type Clock } from "../core/clock.ts";
import type { RunEvent, RunListener } from "../run/record.ts";
import type { Plan } from "../topology/plan.ts";
import { topologyWord } from "../topology/load.ts";
import { formatMs } from "./format.ts";
import { liveLine, type LiveLine } from "./live-line.ts";
import { redact } from "./redact.ts";
import { renderHeader, renderHeaderLine } from "./render-header.ts";
import { renderMeasured } from "./render-measured.ts";
import { renderScenario } from "./render-scenario.ts";
import { renderSwitch } from "./render-switch.ts";
import { renderSummary } from "./render-summary.ts";
import { renderTest } from "./render-test.ts";
import { colorStyle, plainStyle, type Style } from "./style.ts";
import { shortest } from "./test-outcome.ts";

export interface ConsoleOptions {
  /** Takes text with its own line ends, to be written as it is: part of it moves the cursor on a terminal. */
  readonly write: (text: string) => void;
  /** A terminal: one updating line. Otherwise one line per finished phase. */
  readonly live: boolean;
  /** Width of the terminal. */
  readonly columns: number;
  readonly color: boolean;
  readonly level: "quiet" | "normal" | "verbose";
  /** Results folder of a run as commands shall name it. */
  readonly folderOf: (runId: string) => string;
  /** The line that draws the lab; missing = none. */
  readonly labLine?: (plan: Plan) => string;
  /** Lines after the summary, asked for when the run has ended: where the reports are, which of them broke. */
  readonly closing?: () => readonly string[];
  readonly clock?: Clock;
}

/** Tells people about a run while it goes on. Call `close` when the run ended without a `run-ended` event. */
export function consoleListener(options: ConsoleOptions): RunListener & { close(): void } {
  const clock = options.clock ?? systemClock;
  const line = options.live && options.level !== "quiet" ? liveLine({ ...options, clock }) : undefined;
  const print = (text: string): void => {
    const clean = redact(text);
    if (clean === "") return;
    if (line === undefined) options.write(clean);
    else line.print(clean);
  };
  const teller: Teller = {
    options,
    style: options.color ? colorStyle : plainStyle,
    line,
    print,
    context: { folder: "", repeat: [], heading: undefined, told: "" },
  };
  return {
    on: (event) => {
      tell(event, teller);
    },
    close: () => {
      line?.close();
    },
  };
}

interface Teller {
  readonly options: ConsoleOptions;
  readonly style: Style;
  readonly line: LiveLine | undefined;
  readonly print: (text: string) => void;
  /** What later events need of earlier ones; `heading` is the mode under whose name lines are printed now. */
  readonly context: { folder: string; repeat: readonly string[]; heading: string | undefined; told: string };
}

function tell(event: RunEvent, teller: Teller): void {
  switch (event.kind) {
    case "run-started":
      started(event, teller);
      break;
    case "choice":
      if (teller.options.level !== "quiet") choice(event, teller);
      break;
    case "phase-started":
    case "phase-ended":
      if (teller.options.level !== "quiet") phase(event, teller);
      break;
    case "scenario-ended":
      teller.print(scenario(event, teller));
      break;
    case "switched":
      if (teller.options.level !== "quiet")
        teller.print(
          `\n${renderSwitch(event.change, { style: teller.style, verbose: teller.options.level === "verbose" })}`,
        );
      break;
    case "test-ended":
      teller.print(test(event, teller));
      break;
    case "measured":
      teller.print(measured(event, teller));
      break;
    case "kept":
      // Told behind the summary, with what finds the lab again.
      break;
    case "trouble":
      // Told in full by the summary; at once only where someone follows a log.
      if (teller.options.level === "verbose") teller.print(`${event.trouble.phase}: ${event.trouble.message}\n`);
      break;
    case "run-ended":
      teller.line?.close();
      teller.print(`${teller.options.level === "quiet" ? "" : "\n"}${renderSummary(event.record, teller.style)}`);
      teller.print((teller.options.closing?.() ?? []).map((text) => `${text}\n`).join(""));
      break;
  }
}

type Event<Kind extends RunEvent["kind"]> = Extract<RunEvent, { kind: Kind }>;

function started(event: Event<"run-started">, { options, style, print, context }: Teller): void {
  context.folder = options.folderOf(event.id);
  context.repeat = event.again ?? ["suite", "--topology", topologyWord(event.plan.topology)];
  if (options.level === "quiet") return;
  print(`${renderHeader(event.id, event.environment, style)}\n`);
  if (options.labLine !== undefined) print(`${renderHeaderLine("lab", options.labLine(event.plan), style)}\n`);
}

function choice(event: Event<"choice">, { style, print }: Teller): void {
  const text = `${event.provider}, ${event.dataplane}: ${event.because}`;
  print(`${renderHeaderLine(scenarioTitle({ ...event, mode: event.mode.id }), text, style)}\n`);
}

function phase(event: Event<"phase-started" | "phase-ended">, { options, style, line, print, context }: Teller): void {
  const name = event.mode === undefined || line === undefined ? event.phase : `${event.mode} ${event.phase}`;
  if (line === undefined && event.mode !== undefined && event.mode !== context.heading) {
    context.heading = event.mode;
    print(`\n${style.strong(event.mode)}\n`);
  }
  context.told = "";
  if (event.kind === "phase-started") {
    line?.begin(name);
    if (line === undefined && options.level === "verbose") print(style.faint(`  … ${name}\n`));
    return;
  }
  line?.end(name);
  const note = event.note === undefined ? "" : ` · ${event.note}`;
  if (line === undefined || options.level === "verbose") print(style.faint(`  ${name} ${formatMs(event.ms)}${note}\n`));
}

function test(event: Event<"test-ended">, { options, style, context }: Teller): string {
  const quiet = options.level === "quiet";
  const file = shortest(event.test.file);
  const lines = renderTest(event.test, event.verdict, {
    style,
    folder: context.folder,
    repeat: context.repeat,
    quiet,
    verbose: options.level === "verbose",
  });
  const heading = lines.length === 0 || context.heading === file ? [] : [...(quiet ? [] : [""]), style.strong(file)];
  if (lines.length > 0) context.heading = file;
  return [...heading, ...lines].map((line) => `${line}\n`).join("");
}

function measured(event: Event<"measured">, { options, style, context }: Teller): string {
  // Right behind the verdicts of its mode it needs no heading of its own.
  const headed = context.told === scenarioTitle(event.scenario);
  const { folder, repeat } = context;
  const verbose = options.level === "verbose";
  return renderMeasured(event, { style, quiet: options.level === "quiet", headed, verbose, folder, repeat });
}

function scenario(event: Event<"scenario-ended">, { options, style, context }: Teller): string {
  // Phases name the mode alone: a scenario that needs more to be told apart says so itself.
  const headed = context.heading === event.scenario.mode && event.scenario.variant === undefined;
  context.heading = undefined;
  context.told = scenarioTitle(event.scenario);
  const text = renderScenario(event.scenario, event.verdicts, event.measurements, {
    style,
    folder: context.folder,
    repeat: context.repeat,
    quiet: options.level === "quiet",
    headed,
    phasesTold: !options.live,
    verbose: options.level === "verbose",
  });
  return text === "" || headed ? text : `\n${text}`;
}
