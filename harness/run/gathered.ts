import { InterruptedError } from "../core/errors.ts";
import type { RunOrder } from "./order.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import { runSchema, type Environment, type RunListener, type RunRecord, type Trouble } from "./record.ts";
import { exitCodeFor, summarizeVerdicts } from "./summary.ts";
import { cleanupTroubles, troublesOf } from "./troubles.ts";
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

  /** Takes an error into the record; of an interrupt, what could not be cleaned up. */
  async take(phase: string, error: unknown): Promise<void> {
    if (error instanceof InterruptedError) this.#interrupted = error;
    const troubles = error instanceof InterruptedError ? cleanupTroubles(error) : troublesOf(phase, error);
    for (const trouble of troubles) {
      this.#troubles.push(trouble);
      await this.#listener.on({ kind: "trouble", trouble });
    }
  }

  record(environment: Environment): RunRecord {
    const { id, command, modes, plan } = this.#order;
    const scenarios = this.#outcomes.map((outcome) => outcome.scenario);
    const verdicts = this.#outcomes.flatMap((outcome) => outcome.verdicts);
    const troubles = [...this.#troubles, ...this.#outcomes.flatMap((outcome) => outcome.troubles)];
    const summary = summarizeVerdicts(verdicts);
    return {
      schema: runSchema,
      id,
      startedAt: this.#start.date.toISOString(),
      durationMs: performance.now() - this.#start.clock,
      command,
      mode: modes.map((mode) => mode.id),
      provider: [...new Set(scenarios.map((scenario) => scenario.provider))].join(", "),
      dataplane: [...new Set(scenarios.map((scenario) => scenario.dataplane))].join(", "),
      topology: plan.topology.name,
      ...(topologyWord(plan.topology) === plan.topology.name ? {} : { topologyFile: plan.topology.source }),
      planDigest: plan.digest,
      environment,
      scenarios,
      verdicts,
      measurements: this.#outcomes.flatMap((outcome) => outcome.measurements),
      troubles,
      summary,
      exitCode: this.#interrupted?.exitCode ?? exitCodeFor(summary, troubles),
    };
  }
}
