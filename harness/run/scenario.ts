import { join } from "node:path";
import { InterruptedError } from "../core/errors.ts";
import { withScope, type Scope } from "../core/scope.ts";
import { fileWord } from "../core/file-word.ts";
import type { Dataplane, Network, Requirement } from "../dataplane/dataplane.ts";
import { expectPath } from "../encap/expect.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import type { Path } from "../encap/path.ts";
import type { FaultEffect } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import { waitForQuiet } from "./build-in-turn.ts";
import { Guard } from "./guard.ts";
import { labGoes } from "./lab-goes.ts";
import { tooBusy, watchMachine } from "./machine-watch.ts";
import { judgeScenario, type Judgment, type SecondLook } from "./judge.ts";
import { measureInLab } from "./measure.ts";
import type { MeasuredMode } from "./measured.ts";
import { skipVerdict, type ScenarioOutcome } from "./outcome.ts";
import { driftVerdict } from "./drift.ts";
import type { RunOrder } from "./order.ts";
import { pathsFor, unprovenVerdicts } from "./paths.ts";
import type { Verdict } from "../verify/verdict.ts";
import { Phases } from "./phases.ts";
import type { Measurement, ScenarioRecord, Trouble } from "./record.ts";
import type { OpenRun } from "./services.ts";
import { questionsFor } from "./suite.ts";
import { troublesOf } from "./troubles.ts";
import { listenToWire, type Listening } from "./wire.ts";

/** One mode on one lab, and how it gets its network: by installing the mode, or by finding it there. */
export interface ScenarioChoice {
  readonly mode: Mode;
  /** Name of the variant it runs in. */
  readonly variant?: string;
  readonly because: string;
  readonly lab: Lab;
  /** Phases of building the lab, where this scenario is the first on it. */
  readonly labPhases: ScenarioRecord["phases"];
  readonly network: (dataplane: Dataplane, mode: Mode, lab: Lab, scope: Scope) => Promise<Network>;
  /** What is to be expected otherwise than of a lab born in the mode; missing = nothing. */
  readonly adjust?: (expectation: PathExpectation) => PathExpectation;
  /** Resolves when no other lab is being built on this machine; missing, or nothing, where none is. */
  readonly quiet?: () => Promise<void> | undefined;
}

interface Draft {
  /** Why nothing of the mode can run; [] = something can. */
  missing: readonly Requirement[];
  skipped: readonly { readonly path: Path; readonly reason: string }[];
  network?: Network;
  judgment?: Judgment;
  measured?: MeasuredMode;
  kernel?: string;
}

/** Puts one mode into effect, listens, judges and measures. Lab trouble becomes part of the outcome; interrupts pass. */
export async function runScenario(run: OpenRun, choice: ScenarioChoice, scope: Scope): Promise<ScenarioOutcome> {
  const { order, services } = run;
  const phases = new Phases(choice.mode.id, "dataplane", services.listener, run.session.interruptible);
  const paths = pathsFor(choice.mode, order);
  const draft: Draft = { missing: [], skipped: [] };
  let troubles: readonly Trouble[] = [];
  try {
    const missing = await run.session.interruptible.run(() => services.dataplane.missing(choice.mode, choice.lab));
    const { skipped, asked } = splitSkipped(paths, missing);
    draft.skipped = skipped;
    if (asked.length > 0) await perform(run, choice, asked, phases, scope, draft);
    else draft.missing = missing;
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    troubles = troublesOf(phases.current, error, order.folder);
  }
  troubles = [...troubles, ...(await diagnose(run, choice, draft, troubles))];
  return outcome(choice, phases, draft, troubles, [
    ...drifted(draft, choice.mode, order),
    ...unprovenVerdicts(choice.mode, order, services.suites),
  ]);
}

/** Lets the dataplane tell what it knows of a scenario that went wrong, while it is still there. */
async function diagnose(
  { order, services }: OpenRun,
  choice: ScenarioChoice,
  { judgment }: Draft,
  troubles: readonly Trouble[],
): Promise<readonly Trouble[]> {
  const wrong = troubles.length > 0 || judgment?.verdicts.some(({ status }) => status === "fail") === true;
  if (!wrong) return [];
  const folder = join(order.folder, "diagnostics", scenarioFolder(choice));
  try {
    await services.dataplane.diagnose?.(choice.lab, folder);
    return [];
  } catch (error) {
    return troublesOf("diagnostics", error);
  }
}

async function perform(
  run: OpenRun,
  choice: ScenarioChoice,
  paths: readonly Path[],
  phases: Phases,
  scope: Scope,
  draft: Draft,
): Promise<void> {
  const { order, services } = run;
  const { mode, lab } = choice;
  const questions = questionsFor(mode.id, services.suites);
  const network = await phases.run(
    "dataplane",
    () => choice.network(services.dataplane, mode, lab, scope),
    ({ convergence }) => `converged in ${(convergence.totalMs / 1000).toFixed(2)} s`,
  );
  draft.network = network;
  draft.kernel = await kernelOf(lab);
  const { fault } = order;
  const effect: Partial<FaultEffect> =
    fault === undefined ? {} : await phases.run(`fault ${fault.name}`, () => fault.apply(network, lab.plan, scope));
  const { adjust = (expectation: PathExpectation) => expectation } = choice;
  const expectations = paths.map((path) => adjust(expectPath(lab.plan, mode, network.identities, path)));
  const folder = scenarioFolder(choice);
  const { dataplane } = services;
  const measures = questions.throughput && order.throughput && (fault === undefined || fault.closes !== undefined);
  const whileListening = <T>(body: (scope: Scope) => Promise<T>): Promise<T> => listeningScope(order, lab, body);
  await whileListening(async (guardScope) => {
    const guard = new Guard(network, join(order.folder, "pcaps", folder), effect.deafen ?? [], guardScope);
    const asking = { order, dataplane, network, expectations, questions, effect, folder };
    const listening = { ...asking, guard };
    const endWatch = await watchMachine();
    const wire = await whileListening((wireScope) => listenToWire(listening, phases, wireScope));
    const because = tooBusy(await endWatch());
    const hearing = { ...listening, wire, measures, secondLook: secondLook(asking, phases, because) };
    const judgment = await phases.run("verdicts", () => judgeScenario(hearing));
    draft.judgment = judgment;
    if (!measures) return;
    await waitForQuiet(choice.quiet, phases);
    const samples = await phases.run("throughput", () => measureInLab(run, network, expectations, 0));
    draft.judgment = judgment.withHeard(await guard.end());
    const convergences = [network.convergence.totalMs / 1000];
    const variant = choice.variant === undefined ? {} : { variant: choice.variant };
    draft.measured = { mode, ...variant, expectations, labs: [samples], convergences };
  });
}

/** A scope for captures; what they leave in the temporary folders of nodes that go need not be removed. */
function listeningScope<T>(order: RunOrder, lab: Lab, body: (scope: Scope) => Promise<T>): Promise<T> {
  return withScope(async (scope) => {
    const result = await body(scope);
    if (labGoes(order, lab)) scope.abandon();
    return result;
  });
}

/** Other tokens than at first, that no packet of before is taken for one of these. */
function secondLook(listening: Listening, phases: Phases, because: string | undefined): SecondLook {
  const { order, folder } = listening;
  const turned = order.turn === undefined ? {} : { turn: order.turn + 1 };
  const again = {
    ...listening,
    order: { ...order, ...turned, id: `${order.id}-again` },
    folder: `${folder}-again`,
  };
  const at: SecondLook["at"] = async (expectations) => {
    const asked = { ...again, expectations };
    const wire = await listeningScope(order, listening.network.lab, (scope) => listenToWire(asked, phases, scope));
    return (await judgeScenario({ ...asked, wire })).verdicts;
  };
  return { ...(because === undefined ? {} : { because }), at };
}

async function kernelOf({ nodes }: Lab): Promise<string> {
  const answer = await nodes[0]?.executor.run(["uname", "-r"]);
  return answer?.stdout.trim() ?? "";
}

/** Folder name of a scenario's files below pcaps/ and diagnostics/: `ipip-always`, `ipip-always-kernel-6.12`. */
function scenarioFolder({ mode, variant }: ScenarioChoice): string {
  return variant === undefined ? mode.id : `${mode.id}-${fileWord(variant)}`;
}

function splitSkipped(
  paths: readonly Path[],
  missing: readonly Requirement[],
): { readonly skipped: readonly { readonly path: Path; readonly reason: string }[]; readonly asked: readonly Path[] } {
  const reasonFor = (path: Path): string | undefined =>
    missing.find(({ families }) => families === undefined || families.includes(path.family))?.reason;
  const asked = paths.filter((path) => reasonFor(path) === undefined);
  const skipped = paths.flatMap((path) => {
    const reason = reasonFor(path);
    return reason === undefined ? [] : [{ path, reason }];
  });
  return { skipped, asked };
}

function drifted({ missing }: Draft, mode: Mode, { modes }: RunOrder): readonly Verdict[] {
  const verdict = driftVerdict(mode, missing, modes);
  return verdict === undefined ? [] : [verdict];
}

function outcome(
  choice: ScenarioChoice,
  phases: Phases,
  draft: Draft,
  troubles: readonly Trouble[],
  more: readonly Verdict[],
): ScenarioOutcome {
  const { judgment, network, skipped, missing } = draft;
  const skips = skipped.map(({ path, reason }) => skipVerdict(path, reason));
  const reason = missing[0]?.reason;
  return {
    scenario: {
      mode: choice.mode.id,
      provider: choice.lab.provider,
      dataplane: network?.title ?? "none",
      because: choice.because,
      ...(draft.kernel === undefined ? {} : { kernel: draft.kernel }),
      ...versionsOf(choice.lab, network),
      ...testedIn(choice.lab, network),
      ...(network?.notes === undefined || network.notes.length === 0 ? {} : { notes: network.notes }),
      ...(reason === undefined || more.some(({ status }) => status === "fail") ? {} : { skip: reason }),
      phases: [...choice.labPhases, ...phases.done],
      ...(judgment === undefined ? {} : { capture: judgment.capture, coverage: judgment.coverage }),
      paths: judgment?.paths ?? [],
      ...(judgment === undefined || judgment.causes.length === 0 ? {} : { causes: judgment.causes }),
    },
    verdicts: [...(judgment?.verdicts ?? []), ...skips, ...more],
    measurements: [
      ...(network === undefined ? [] : [convergence(choice.mode, network)]),
      ...(judgment?.measurements ?? []),
    ],
    troubles,
    ...(draft.measured === undefined ? {} : { measured: draft.measured }),
  };
}

/** Releases that results depend on, of the lab and of the dataplane on it. */
function versionsOf({ versions: ofLab }: Lab, network: Network | undefined): Pick<ScenarioRecord, "versions"> {
  const versions = { ...ofLab, ...network?.versions };
  return Object.keys(versions).length === 0 ? {} : { versions };
}

/** What was tested, by its content: Calico's programs and images, and what the nodes are made of. */
function testedIn({ images = [] }: Lab, network: Network | undefined): Pick<ScenarioRecord, "tested"> {
  const tested = [...(network?.tested ?? []), ...(network === undefined ? [] : images)];
  return tested.length === 0 ? {} : { tested };
}

function convergence(mode: Mode, network: Network): Measurement {
  const seconds = network.convergence.totalMs / 1000;
  return {
    id: `${mode.id}/converge`,
    what: "converge",
    mode: mode.id,
    unit: "s",
    samples: [seconds],
    median: seconds,
    min: seconds,
    max: seconds,
    indicative: true,
    conditions: Object.fromEntries(
      network.convergence.steps.map(({ step, atMs }) => [step, `${(atMs / 1000).toFixed(3)} s`]),
    ),
  };
}
