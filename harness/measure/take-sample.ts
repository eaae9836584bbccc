import { messageOf } from "../core/errors.ts";
import { readExercise, exerciseCommand, type Exercise, type ExerciseSettings, type Reading } from "./exercise.ts";
import {
  machineStateCommand,
  parseMachineState,
  useBetween,
  type MachineState,
  type MachineUse,
} from "./machine-state.ts";
import type { Executor } from "../exec/executor.ts";
import type { MeasuredClass, Side } from "./sides.ts";

/** What one exercise on one side came to. */
export interface Taken {
  readonly reading: Reading;
  readonly use: MachineUse;
  readonly tunneled?: number;
}

/** Milliseconds beyond its length that a flow may take. */
const slackMs = 15_000;

/** Does one exercise on one side, reading the nodes' counters before and after. A failed one is data, and is never repeated. */
export async function takeSample(
  exercise: Exercise,
  side: Side,
  { clientNode, serverNode, tunnel, form }: MeasuredClass,
  settings: ExerciseSettings,
  signal?: AbortSignal,
): Promise<Taken> {
  // Nodes that share a kernel share its counters; then only the processes' own time tells what the flow cost.
  const apart = settings.processors === undefined;
  const nodes = apart && exercise === "tcp" ? [clientNode, serverNode] : [clientNode];
  const before = await Promise.all(nodes.map(readMachineState));
  const reading = await exercised(exercise, side, settings, signal);
  const after = await Promise.all(nodes.map(readMachineState));
  const uses = after.map((state, index) => useBetween(before[index] ?? state, state));
  const [use = noUse] = uses;
  const isBulk = exercise !== "echo" && exercise !== "connect";
  const tunneled = tunnel === undefined || !isBulk ? undefined : packetsInto(tunnel, before[0], after[0]);
  const inTunnel =
    form !== "plain" && form !== "none" && (side.name === "mode" || side.name === "again" || side.name === "self");
  const checked = tunneled === undefined ? reading : inForm(reading, tunneled, inTunnel);
  return {
    reading: apart && exercise === "tcp" ? withNodeTime(checked, uses) : checked,
    use,
    ...(tunneled === undefined ? {} : { tunneled }),
  };
}

/** The counters of a node at this moment. */
export async function readMachineState(node: Executor): Promise<MachineState> {
  return parseMachineState((await node.run(machineStateCommand)).stdout);
}

const noUse: MachineUse = { busySeconds: 0, busy: 0, stolen: 0, load: 0 };

async function exercised(
  exercise: Exercise,
  { client, address }: Side,
  settings: ExerciseSettings,
  signal: AbortSignal | undefined,
): Promise<Reading> {
  const timeoutMs = 1000 * (settings.seconds + settings.omitSeconds) + slackMs;
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  try {
    const { stdout, stderr } = await client.tryRun(exerciseCommand(exercise, address, settings), options);
    return readExercise(exercise, stdout, stderr, settings);
  } catch (error) {
    signal?.throwIfAborted();
    return { values: {}, failure: messageOf(error) };
  }
}

function packetsInto(tunnel: string, before: MachineState | undefined, after: MachineState | undefined): number {
  return (after?.sent.get(tunnel) ?? 0) - (before?.sent.get(tunnel) ?? 0);
}

/** Packets that something else may send into the tunnel while a plain side is measured. */
const strays = 20;

/** A sample that did not travel in the form it stands for is none: the tunnel's own counter tells. */
function inForm(reading: Reading, tunneled: number, inTunnel: boolean): Reading {
  if (reading.failure !== undefined || (inTunnel ? tunneled > strays : tunneled <= strays)) return reading;
  const failure = inTunnel
    ? `only ${tunneled} packets went into the tunnel, so the flow was not encapsulated`
    : `${tunneled} packets went into the tunnel, so the flow was not plain`;
  return { values: {}, failure };
}

/** What the nodes' processors did for each Gbit, instead of what the two processes know of themselves. */
function withNodeTime(reading: Reading, [sender, receiver]: readonly MachineUse[]): Reading {
  const { gbit, values } = reading;
  if (gbit === undefined || sender === undefined || receiver === undefined) return reading;
  const perGbit = { "cpu-sender": sender.busySeconds / gbit, "cpu-receiver": receiver.busySeconds / gbit };
  return { ...reading, values: { ...values, ...perGbit } };
}
