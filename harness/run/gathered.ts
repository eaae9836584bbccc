import { InterruptedError } from "../core/errors.ts";
import type { RunOrder } from "./order.ts";
import { idleGates, measuredOutcome, type MeasuredMode, type MeasuredOutcome } from "./measured.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import { runSchema, type Environment, type RunListener, type RunRecord, type Trouble } from "./record.ts";
import { exitCodeFor, summarizeVerdicts } from "./summary.ts";
import { cleanupTroubles, troublesOf } from "./troubles.ts";
import type { SwitchRecord } from "../switch/switch-record.ts";
import { topologyWord } from "../topology/load.ts";

/** When a run began, for people and for the stopwatch. */
interface Start {
  readonly date: Date;
  readonly clock: number;
}

/** What has come of a run so far: told to the listener as it comes, and in the end the record. */
export class Gathered {
  readonly #order: RunOrder;
  readonly #listener: RunListener;
  readonly #start: Start = { date: new Date(), clock: performance.now() };
  readonly #outcomes: ScenarioOutcome[] = [];
  readonly #measured: MeasuredOutcome[] = [];
  readonly #switches: SwitchRecord[] = [];
  readonly #troubles: Trouble[] = [];
  #interrupted: InterruptedError | undefined;

  constructor(order: RunOrder, listener: RunListener) {
    this.#order = order;
    this.#listener = listener;
  }

  async add(outcome: ScenarioOutcome): Promise<void> {
    this.#outcomes.push(outcome);
    const { scenario, verdicts, measurements } = outcome;
    for (const trouble of outcome.troubles) await this.#listener.on({ kind: "trouble", trouble });
    await this.#listener.on({ kind: "scenario-ended", scenario, verdicts, measurements });
  }

  async addSwitch(change: SwitchRecord): Promise<void> {
    this.#switches.push(change);
    await this.#listener.on({ kind: "switched", change });
  }

  /** Takes what measuring a mode came to, when no more labs are built for it. */
  async addMeasured(measured: MeasuredMode): Promise<void> {
    const outcome = measuredOutcome(this.#order, measured);
    this.#measured.push(outcome);
    const { costs, measurements, verdicts, troubles } = outcome;
    for (const trouble of troubles) await this.#listener.on({ kind: "trouble", trouble });
    const { variant } = measured;
    const scenario = { mode: measured.mode.id, ...(variant === undefined ? {} : { variant }) };
    await this.#listener.on({ kind: "measured", scenario, measurements, costs, verdicts });
  }

  /** Takes an error into the record; of an interrupt, what could not be cleaned up. */
  async take(phase: string, error: unknown): Promise<void> {
    if (error instanceof InterruptedError) this.#interrupted = error;
    const troubles =
      error instanceof InterruptedError ? cleanupTroubles(error) : troublesOf(phase, error, this.#order.folder);
    for (const trouble of troubles) {
      this.#troubles.push(trouble);
      await this.#listener.on({ kind: "trouble", trouble });
    }
  }

  record(environment: Environment): RunRecord {
    const { id, command, again, modes, plan } = this.#order;
    const scenarios = this.#outcomes.map((outcome) => outcome.scenario);
    const costs = this.#measured.flatMap((outcome) => outcome.costs);
    const all = [...this.#outcomes, ...this.#measured];
    const verdicts = all.flatMap((outcome) => outcome.verdicts);
    const idle = this.#interrupted === undefined ? idleGates(this.#order, costs) : [];
    const troubles = [...this.#troubles, ...all.flatMap((outcome) => outcome.troubles), ...idle];
    const summary = summarizeVerdicts(verdicts);
    return {
      schema: runSchema,
      id,
      startedAt: this.#start.date.toISOString(),
      durationMs: performance.now() - this.#start.clock,
      command,
      ...(again === undefined ? {} : { again }),
      mode: modes.map((mode) => mode.id),
      provider: [...new Set(scenarios.map((scenario) => scenario.provider))].join(", "),
      dataplane: [...new Set(scenarios.map((scenario) => scenario.dataplane))].join(", "),
      topology: plan.topology.name,
      ...(topologyWord(plan.topology) === plan.topology.name ? {} : { topologyFile: plan.topology.source }),
      planDigest: plan.digest,
      environment,
      scenarios,
      verdicts,
      measurements: all.flatMap((outcome) => outcome.measurements),
      costs,
      ...(this.#switches.length === 0 ? {} : { switches: this.#switches }),
      troubles,
      summary,
      exitCode: this.#interrupted?.exitCode ?? exitCodeFor(summary, troubles),
    };
  }
}
