import { systemClock } from "../core/clock.ts";
import type { Scope } from "../core/scope.ts";
import { startServersAt } from "../probe/servers.ts";
import type { Executor } from "../exec/executor.ts";
import { drawRounds, type Design } from "./design.ts";
import { connectPort, measuringPort, type ExerciseSettings } from "./exercise.ts";
import { useBetween } from "./machine-state.ts";
import type { Turn } from "./profiles.ts";
import type { Sample, SideName } from "./sample.ts";
import type { MeasuredClass, Side } from "./sides.ts";
import { readMachineState, takeSample } from "./take-sample.ts";

/** What is done in one lab. */
export interface LabMeasurement {
  /** Classes with what is done to each. */
  readonly classes: readonly { readonly measured: MeasuredClass; readonly turns: readonly Turn[] }[];
  readonly settings: ExerciseSettings;
  readonly design: Design;
  /** Which building of the lab it is, from 0. */
  readonly lab: number;
  readonly mhz?: number;
  /** Where others are watched for: the machine that the nodes run on. */
  readonly machine: Executor;
  readonly signal?: AbortSignal;
  /** Told of every sample at once, so that those of a run that dies are not lost. */
  readonly onSample?: (sample: Sample) => void;
}

/** Milliseconds that others are watched for before a round: 20 ticks of each processor. */
const watchMs = 200;

/**
 * Takes the samples of one lab: round by round, in each round every class, every exercise and every side once, the sides of each
 * exercise in drawn order. One flow at a time, and captures must be off. The servers end with the scope.
 */
export async function measureLab(measurement: LabMeasurement, scope: Scope): Promise<readonly Sample[]> {
  const { classes, design, lab } = measurement;
  await startServers(classes, scope);
  const samples: Sample[] = [];
  for (let round = 0; round < design.roundsPerLab; round += 1) {
    const foreign = await watchOthers(measurement.machine);
    for (const [index, { measured, turns }] of classes.entries()) {
      for (const [turn, { exercise, sides }] of turns.entries()) {
        // Every exercise draws its own orders.
        const seed = design.seed + 1000 * (1 + turn + turns.length * index);
        const present = measured.sides.filter(({ name }) => sides.includes(name));
        const order = drawRounds(present, { ...design, seed }, lab)[round] ?? present;
        for (const side of order) {
          const sample = await sampled(measurement, { measured, exercise, side, round, foreign });
          measurement.onSample?.(sample);
          samples.push(sample);
        }
      }
    }
  }
  return samples;
}

interface Task {
  readonly measured: MeasuredClass;
  readonly exercise: Turn["exercise"];
  readonly side: Side;
  readonly round: number;
  readonly foreign: number;
}

async function sampled(measurement: LabMeasurement, task: Task): Promise<Sample> {
  const { settings, lab, signal, mhz } = measurement;
  const { measured, exercise, side, round, foreign } = task;
  signal?.throwIfAborted();
  const startedAt = new Date().toISOString();
  const taken = await takeSample(exercise, side, measured, settings, signal);
  const { locality, family, form } = measured;
  const where = { locality, family, form, exercise, side: side.name, lab, round, startedAt, foreign };
  return { ...where, ...taken, ...(mhz === undefined ? {} : { mhz }) };
}

/** Share of the processors' time that others take while the lab is at rest. */
async function watchOthers(machine: Executor): Promise<number> {
  const before = await readMachineState(machine);
  await systemClock.sleep(watchMs);
  const { busy, stolen } = useBetween(before, await readMachineState(machine));
  return busy + stolen;
}

async function startServers(classes: LabMeasurement["classes"], scope: Scope): Promise<void> {
  const wanted = classes.flatMap(({ measured, turns }) => measured.sides.filter(({ name }) => isUsed(turns, name)));
  const servers = [...new Map(wanted.map(({ server }) => [server.where, server])).values()];
  const connects = classes.some(({ turns }) => turns.some(({ exercise }) => exercise === "connect"));
  const plan = { iperf3: [measuringPort], ...(connects ? { http: connectPort } : {}) };
  await startServersAt(
    servers.map((executor) => ({ executor, plan })),
    scope,
  );
}

function isUsed(turns: readonly Turn[], name: SideName): boolean {
  return turns.some(({ sides }) => sides.includes(name));
}
