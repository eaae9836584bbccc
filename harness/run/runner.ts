import { InterruptedError } from "../core/errors.ts";
import { withScope, type Scope } from "../core/scope.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { chooseProvider, examineProviders } from "./choose.ts";
import { readEnvironment } from "./environment.ts";
import { findLabs } from "./find-labs.ts";
import { Interruptible } from "./interruptible.ts";
import { skipVerdict, type ScenarioOutcome } from "./outcome.ts";
import { pathsFor, requirePromisedPaths } from "./paths.ts";
import { Phases } from "./phases.ts";
import { runSchema, type Environment, type RunRecord, type Trouble } from "./record.ts";
import type { RunRequest, RunServices, StandingLab, Variant } from "./request.ts";
import { keepLab } from "./keep.ts";
import { runScenario, type ScenarioChoice } from "./scenario.ts";
import { exitCodeFor, summarizeVerdicts } from "./summary.ts";
import { troublesOf } from "./troubles.ts";

interface Group {
  readonly provider: Provider;
  readonly modes: { readonly mode: Mode; readonly because: string }[];
}

/**
 * Runs every mode of a request, each on the provider that suits it, and returns the whole outcome. Lab trouble and an
 * interrupt stand in the record; only a suite whose promise the topology cannot keep throws (UsageError, nothing built).
 */
export async function runModes(request: RunRequest, services: RunServices): Promise<RunRecord> {
  requirePromisedPaths(request.modes, request, services.suites);
  const start = { date: new Date(), clock: performance.now() };
  const environment = await readEnvironment(services.version, services.host);
  await services.listener.on({ kind: "run-started", id: request.id, plan: request.plan, environment });
  const run = new Run(request, services);
  const interrupted = await run.all();
  return { ...run.record(environment, start, interrupted) };
}

class Run {
  readonly #request: RunRequest;
  readonly #services: RunServices;
  readonly #interruptible: Interruptible;
  readonly #outcomes: ScenarioOutcome[] = [];
  readonly #troubles: Trouble[] = [];

  constructor(request: RunRequest, services: RunServices) {
    this.#request = request;
    this.#services = services;
    this.#interruptible = new Interruptible(services.signal);
  }

  async all(): Promise<InterruptedError | undefined> {
    try {
      const { standing } = this.#request;
      if (standing !== undefined) await this.#runStanding(standing);
      else for (const variant of this.#services.variants) await this.#runVariant(variant);
      return undefined;
    } catch (error) {
      if (error instanceof InterruptedError) {
        await this.#sweep();
        return error;
      }
      await this.#trouble("run", error);
      return undefined;
    }
  }

  record(
    environment: Environment,
    start: { readonly date: Date; readonly clock: number },
    interrupted: InterruptedError | undefined,
  ): RunRecord {
    const { id, command, modes, plan } = this.#request;
    const scenarios = this.#outcomes.map((outcome) => outcome.scenario);
    const verdicts = this.#outcomes.flatMap((outcome) => outcome.verdicts);
    const troubles = [...this.#troubles, ...this.#outcomes.flatMap((outcome) => outcome.troubles)];
    const summary = summarizeVerdicts(verdicts);
    return {
      schema: runSchema,
      id,
      startedAt: start.date.toISOString(),
      durationMs: performance.now() - start.clock,
      command,
      mode: modes.map((mode) => mode.id),
      provider: [...new Set(scenarios.map((scenario) => scenario.provider))].join(", "),
      dataplane: [...new Set(scenarios.map((scenario) => scenario.dataplane))].join(", "),
      topology: plan.topology.name,
      planDigest: plan.digest,
      environment,
      scenarios,
      verdicts,
      measurements: this.#outcomes.flatMap((outcome) => outcome.measurements),
      troubles,
      summary,
      exitCode: interrupted?.exitCode ?? exitCodeFor(summary, troubles),
    };
  }

  async #runVariant(variant: Variant): Promise<void> {
    for (const group of await this.#choose(variant)) await this.#runGroup(group, variant);
  }

  /** Modes that no provider can run become skips here, before anything is built. */
  async #choose(variant: Variant): Promise<readonly Group[]> {
    const { modes, plan } = this.#request;
    const candidates = await examineProviders(variant.providers, plan, modes);
    const groups: Group[] = [];
    for (const mode of modes) {
      const choice = chooseProvider(mode, plan.families, candidates);
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
    const { dataplane, dataplaneBecause, listener } = this.#services;
    const because = [choice.because, dataplaneBecause].filter((text) => text !== undefined).join("; ");
    await listener.on({ kind: "choice", ...choice, because, dataplane: dataplane.title, ...variantOf(variant) });
  }

  async #skip(mode: Mode, reason: string, variant: Variant): Promise<void> {
    const verdicts = pathsFor(mode, this.#request).map((path) => skipVerdict(path, reason));
    const scenario = {
      mode: mode.id,
      provider: "none",
      dataplane: "none",
      because: reason,
      skip: reason,
      phases: [],
      paths: [],
    };
    await this.#add({ scenario, verdicts, measurements: [], troubles: [] }, variant);
  }

  async #runGroup({ provider, modes }: Group, variant: Variant): Promise<void> {
    const { plan, id, keep } = this.#request;
    const phases = new Phases(undefined, this.#services.listener, this.#interruptible);
    try {
      await withScope(async (scope) => {
        const lab = await phases.run("lab", () => provider.provision(plan, id, scope), describeLab);
        for (const [index, { mode, because }] of modes.entries()) {
          await withScope(async (modeScope) => {
            const labPhases = index === 0 ? phases.done : [];
            const choice = { mode, because, lab, labPhases, network: install, ...variantOf(variant) };
            await this.#scenario(choice, modeScope, variant);
            if (keep && index === modes.length - 1)
              await keepLab(provider, lab, mode, this.#services.dataplane, [modeScope, scope]);
          });
        }
      });
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      await this.#trouble(phases.current, error);
    }
  }

  async #runStanding({ lab, provider }: StandingLab): Promise<void> {
    const because = "this lab was left up in this mode";
    const only = { providers: [provider] };
    for (const mode of this.#request.modes) {
      await this.#tellChoice({ mode, provider: provider.name, because }, only);
      const choice = { mode, because, lab, labPhases: [], network: attach };
      await withScope((scope) => this.#scenario(choice, scope, only));
    }
  }

  async #scenario(choice: ScenarioChoice, scope: Scope, variant: Variant): Promise<void> {
    const context = { request: this.#request, services: this.#services, interruptible: this.#interruptible };
    await this.#add(await runScenario(context, choice, scope), variant);
  }

  async #add(bare: ScenarioOutcome, variant: Variant): Promise<void> {
    const outcome = named(bare, variant);
    this.#outcomes.push(outcome);
    const { scenario, verdicts, measurements } = outcome;
    for (const trouble of outcome.troubles) await this.#services.listener.on({ kind: "trouble", trouble });
    await this.#services.listener.on({ kind: "scenario-ended", scenario, verdicts, measurements });
  }

  async #trouble(phase: string, error: unknown): Promise<void> {
    for (const trouble of troublesOf(phase, error)) {
      this.#troubles.push(trouble);
      await this.#services.listener.on({ kind: "trouble", trouble });
    }
  }

  /** What was given up when the run was interrupted may have made something after its scope had closed. */
  async #sweep(): Promise<void> {
    await this.#interruptible.settled();
    if (this.#request.standing !== undefined) return;
    const labs = await findLabs(this.#services.variants.flatMap(({ providers }) => providers));
    for (const { provider, ref } of labs) if (ref.runId === this.#request.id) await provider.destroy(ref);
  }
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

function describeLab(lab: Lab): string {
  return `${counted(lab.nodes.length, "node")}, ${counted(lab.routers.length, "router")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function install(dataplane: Dataplane, mode: Mode, lab: Lab, scope: Scope): Promise<Network> {
  return dataplane.install(mode, lab, scope);
}

function attach(dataplane: Dataplane, mode: Mode, lab: Lab): Promise<Network> {
  return dataplane.attach(mode, lab);
}
