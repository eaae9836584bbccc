import { InterruptedError } from "../core/errors.ts";
import { labOfRun } from "../core/run-id.ts";
import { withScope, type Scope } from "../core/scope.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { buildInTurn } from "./build-in-turn.ts";
import { readEnvironment } from "./environment.ts";
import { Gathered } from "./gathered.ts";
import { inTurns, type Turn } from "./in-turns.ts";
import { keepLab } from "./keep.ts";
import { labGoes } from "./lab-goes.ts";
import { labSession } from "./lab-session.ts";
import { measureMoreLabs } from "./measure.ts";
import type { MeasuredMode } from "./measured.ts";
import type { RunOrder, StandingLab } from "./order.ts";
import { skipVerdict, type ScenarioOutcome } from "./outcome.ts";
import { unlessRemoved } from "./removed-lab.ts";
import { pathsFor, requirePromisedPaths } from "./paths.ts";
import { controlMode } from "./control.ts";
import { withRunningMtu } from "../switch/running-pods.ts";
import { troublesOf } from "./troubles.ts";
import { Phases } from "./phases.ts";
import type { RunRecord } from "./record.ts";
import { runScenario, type ScenarioChoice } from "./scenario.ts";
import type { OpenRun, RunServices, Variant } from "./services.ts";
import { runTour } from "./tour.ts";

interface Group {
  readonly provider: Provider;
  readonly modes: { readonly mode: Mode; readonly because: string }[];
}

/**
 * Runs every mode of an order, each on the provider that suits it, and returns the whole outcome. Lab trouble and an
 * interrupt stand in the record; only a suite whose promise the topology cannot keep throws (UsageError, nothing built).
 */
export async function runModes(order: RunOrder, services: RunServices): Promise<RunRecord> {
  requirePromisedPaths(order.modes, order, services.suites);
  const gathered = new Gathered(order, services.listener);
  const environment = await readEnvironment(services.version, services.host);
  const { id, plan, again } = order;
  const repeat = again === undefined ? {} : { again };
  await services.listener.on({ kind: "run-started", id, plan, environment, ...repeat });
  try {
    await labSession(order, services.signal, (session) => new Run({ order, services, session }, gathered).all());
  } catch (error) {
    await gathered.take("run", error);
  }
  return gathered.record(environment);
}

class Run {
  readonly #run: OpenRun;
  readonly #gathered: Gathered;

  constructor(run: OpenRun, gathered: Gathered) {
    this.#run = run;
    this.#gathered = gathered;
  }

  async all(): Promise<void> {
    const { order, services } = this.#run;
    if (order.tour !== undefined) await runTour(this.#run, order.tour, this.#gathered);
    else if (order.standing !== undefined) await this.#runStanding(order.standing);
    else
      for (const variant of services.variants)
        await new Run(withDataplane(this.#run, variant), this.#gathered).#runVariant(variant);
  }

  async #runVariant(variant: Variant): Promise<void> {
    const groups = await this.#choose(variant);
    if (groups.length > 1 && buildsAhead(this.#run.order)) {
      const first = cheapestFirst(groups, variant);
      await inTurns([...first.entries()], (entry, turn) => this.#runInTurn(entry, variant, turn));
    } else for (const group of groups) await this.#runGroup(group, variant);
  }

  /** In a session of its own, for labs that stand side by side need names that differ. */
  #runInTurn([index, group]: readonly [number, Group], variant: Variant, turn: Turn): Promise<void> {
    const { order, services } = this.#run;
    const own = { id: labOfRun(order.id, index), plan: order.plan, modes: group.modes.map(({ mode }) => mode) };
    return labSession(own, services.signal, (session) =>
      new Run({ ...this.#run, session }, this.#gathered).#runGroup(group, variant, turn),
    );
  }

  /** Modes that no provider can run become skips here, before anything is built. */
  async #choose(variant: Variant): Promise<readonly Group[]> {
    const groups: Group[] = [];
    for (const choice of await this.#run.session.choose(variant.providers)) {
      const { mode } = choice;
      if ("skip" in choice) {
        await this.#skip(mode, choice.skip, variant);
        continue;
      }
      const { provider, because } = choice;
      await this.#tellChoice({ mode, provider: provider.name, because }, variant);
      const group = groups.find((known) => known.provider === provider);
      if (group === undefined) groups.push({ provider, modes: [{ mode, because }] });
      else group.modes.push({ mode, because });
    }
    return groups;
  }

  async #tellChoice(
    choice: { readonly mode: Mode; readonly provider: string; readonly because: string },
    variant: Variant,
  ): Promise<void> {
    const { dataplane, dataplaneBecause, listener } = this.#run.services;
    const because = [choice.because, dataplaneBecause].filter((text) => text !== undefined).join("; ");
    await listener.on({ kind: "choice", ...choice, because, dataplane: dataplane.title, ...variantOf(variant) });
  }

  async #skip(mode: Mode, reason: string, variant: Variant): Promise<void> {
    const verdicts = pathsFor(mode, this.#run.order).map((path) => skipVerdict(path, reason));
    const scenario = {
      mode: mode.id,
      provider: "none",
      dataplane: "none",
      because: reason,
      skip: reason,
      phases: [],
      paths: [],
    };
    await this.#gathered.add(named({ scenario, verdicts, measurements: [], troubles: [] }, variant));
  }

  async #runGroup({ provider, modes }: Group, variant: Variant, turn?: Turn): Promise<void> {
    const { order, services, session } = this.#run;
    const phases = new Phases(undefined, "lab", services.listener, session.interruptible);
    const measured: MeasuredMode[] = [];
    const remembered = order.memory === undefined ? {} : { memory: order.memory };
    const keeping = { dataplane: services.dataplane, listener: services.listener };
    const quiet = turn === undefined ? {} : { quiet: turn.quiet };
    const body = async (lab: Lab, scope: Scope): Promise<void> => {
      turn?.prepareNext();
      for (const [index, { mode, because }] of modes.entries()) {
        await withScope(async (modeScope) => {
          const labPhases = index === 0 ? phases.done : [];
          const choice = { mode, because, lab, labPhases, network: install, ...quiet, ...variantOf(variant) };
          measured.push(...(await this.#scenario(choice, modeScope, variant)));
          if (index < modes.length - 1) return;
          if (order.keep) await keepLab({ provider, lab, mode, ...keeping, ...remembered }, [modeScope, scope]);
          else if (labGoes(order, lab)) modeScope.abandon();
        });
      }
    };
    try {
      await session.withLab(provider, body, (work) => buildInTurn(work, phases, session, turn));
      await this.#addMeasured(await measureMoreLabs(this.#run, provider, measured));
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      await this.#gathered.take(phases.current, error);
    }
  }

  async #runStanding({ lab, provider, podMtu }: StandingLab): Promise<void> {
    const because = "this lab was left up in this mode";
    const only = { providers: [provider] };
    for (const mode of this.#run.order.modes) {
      await this.#tellChoice({ mode, provider: provider.name, because }, only);
      const adjust =
        podMtu === undefined ? {} : { adjust: (expectation: PathExpectation) => withRunningMtu(expectation, [podMtu]) };
      const choice = { mode, because, lab, labPhases: [], network: attach, ...adjust };
      await this.#addMeasured(await withScope((scope) => this.#scenario(choice, scope, only)));
    }
  }

  /** Runs a scenario and returns what of it is to be measured further, in more labs. */
  async #scenario(choice: ScenarioChoice, scope: Scope, variant: Variant): Promise<readonly MeasuredMode[]> {
    const { standing } = this.#run.order;
    const seen = isControlled(this.#run, choice.lab)
      ? await controlled(this.#run, choice)
      : await runScenario(this.#run, choice, scope);
    const outcome = standing === undefined ? seen : await unlessRemoved(seen, standing);
    await this.#gathered.add(named(outcome, variant));
    return outcome.measured === undefined ? [] : [outcome.measured];
  }

  async #addMeasured(measured: readonly MeasuredMode[]): Promise<void> {
    for (const mode of measured) await this.#gathered.addMeasured(mode);
  }
}

/**
 * Whether the lab of the next group is built while this one's is judged. Not where figures are taken in several labs, which they would not
 * have to themselves, nor where labs are to stay under the run's own id.
 */
function buildsAhead({ keep, profile, measuring, throughput }: RunOrder): boolean {
  return !keep && (!throughput || (profile === "quick" && measuring.profile === undefined));
}

/** What takes longest to build is built last, beside the others. */
function cheapestFirst(groups: readonly Group[], { providers }: Variant): readonly Group[] {
  return groups.toSorted((a, b) => providers.indexOf(a.provider) - providers.indexOf(b.provider));
}

/** Whether the lab may be led into another mode afterwards, and there is time for it. */
function isControlled({ order }: OpenRun, { borrowed }: Lab): boolean {
  const { profile, fault, keep, standing } = order;
  return profile !== "quick" && fault === undefined && !keep && standing === undefined && borrowed !== true;
}

/** A scenario, and behind it the control: the same lab in the opposite mode. */
async function controlled(run: OpenRun, choice: ScenarioChoice): Promise<ScenarioOutcome> {
  const outcome = await withScope((scope) => runScenario(run, choice, scope));
  if (outcome.scenario.paths.length === 0) return outcome;
  try {
    const verdict = await withScope((scope) => controlMode(run, choice.mode, choice.lab, scope));
    return { ...outcome, verdicts: [...outcome.verdicts, verdict] };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ...outcome, troubles: [...outcome.troubles, ...troublesOf("control", error)] };
  }
}

/** The same run with the variant's own dataplane, where it has one. */
function withDataplane(run: OpenRun, { dataplane }: Variant): OpenRun {
  return dataplane === undefined ? run : { ...run, services: { ...run.services, dataplane } };
}

function variantOf({ name }: Variant): { readonly variant?: string } {
  return name === undefined ? {} : { variant: name };
}

/** Writes the variant's name on everything that came of it. */
function named(outcome: ScenarioOutcome, variant: Variant): ScenarioOutcome {
  const mark = variantOf(variant);
  return {
    scenario: { ...outcome.scenario, ...mark },
    verdicts: outcome.verdicts.map((verdict) => ({ ...verdict, ...mark })),
    measurements: outcome.measurements.map((measurement) => ({ ...measurement, ...mark })),
    troubles: outcome.troubles,
  };
}

function install(dataplane: Dataplane, mode: Mode, lab: Lab, scope: Scope): Promise<Network> {
  return dataplane.install(mode, lab, scope);
}

function attach(dataplane: Dataplane, mode: Mode, lab: Lab): Promise<Network> {
  return dataplane.attach(mode, lab);
}
