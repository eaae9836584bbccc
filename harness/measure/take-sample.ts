import { LabError, messageOf } from "../core/errors.ts";
import { readExercise, exerciseCommand, type Exercise, type ExerciseSettings, type Reading } from "./exercise.ts";
import {
  machineStateCommand,
  parseMachineState,
  useBetween,
  type MachineState,
  type MachineUse,
} from "./machine-state.ts";
import type { CommandResult, Executor, RunOptions } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { rootOf } from "../exec/shared-process.ts";
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
  const apart = settings.processors === undefined && exercise === "tcp";
  const serverBefore = apart ? await readMachineState(serverNode) : undefined;
  const { reading, before, after } = await exercised(exercise, side, clientNode, settings, signal);
  if (before === undefined || after === undefined) return { reading, use: noUse };
  const use = useBetween(before, after);
  const isBulk = exercise !== "echo" && exercise !== "connect";
  const tunneled = tunnel === undefined || !isBulk ? undefined : packetsInto(tunnel, before, after);
  const inTunnel =
    form !== "plain" && form !== "none" && (side.name === "mode" || side.name === "again" || side.name === "self");
  const checked = tunneled === undefined ? reading : inForm(reading, tunneled, inTunnel);
  const uses = serverBefore && [use, useBetween(serverBefore, await readMachineState(serverNode))];
  return {
    reading: uses === undefined ? checked : withNodeTime(checked, uses),
    use,
    ...(tunneled === undefined ? {} : { tunneled }),
  };
}

/** The counters of a node at this moment. */
export async function readMachineState(node: Executor): Promise<MachineState> {
  return parseMachineState((await node.run(machineStateCommand)).stdout);
}

const noUse: MachineUse = { busySeconds: 0, busy: 0, stolen: 0, load: 0 };

/** What an exercise said, between two readings of the client node's counters; these are missing where it could not be done. */
interface Exercised {
  readonly reading: Reading;
  readonly before?: MachineState;
  readonly after?: MachineState;
}

async function exercised(
  exercise: Exercise,
  { client, address }: Side,
  node: Executor,
  settings: ExerciseSettings,
  signal: AbortSignal | undefined,
): Promise<Exercised> {
  const timeoutMs = 1000 * (settings.seconds + settings.omitSeconds) + slackMs;
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const argv = exerciseCommand(exercise, address, settings);
  try {
    const { before, said, after } = await betweenReadings(client, node, argv, options);
    const reading = readExercise(exercise, said.stdout, said.stderr, settings);
    return { reading, before: parseMachineState(before), after: parseMachineState(after) };
  } catch (error) {
    signal?.throwIfAborted();
    return { reading: { values: {}, failure: messageOf(error) } };
  }
}

/** Stands between the counters and what a command prints. */
const mark = "--encaplab-sample--";

interface BetweenReadings {
  readonly before: string;
  readonly said: Pick<CommandResult, "stdout" | "stderr">;
  readonly after: string;
}

/** Runs a command between two readings: in one process where both run on one machine, as each one costs an emulated machine a tenth of a second. */
async function betweenReadings(
  client: Executor,
  node: Executor,
  argv: readonly string[],
  options: RunOptions,
): Promise<BetweenReadings> {
  const [own, nodes] = [rootOf(client), rootOf(node)];
  if (own.root !== nodes.root) {
    const before = (await node.run(machineStateCommand)).stdout;
    const said = await client.tryRun(argv, options);
    return { before, said, after: (await node.run(machineStateCommand)).stdout };
  }
  const read = shellQuote([...nodes.prefix, ...machineStateCommand]);
  const script = [read, `echo ${mark}`, shellQuote([...own.prefix, ...argv]), "echo", `echo ${mark}`, read].join("\n");
  const { stdout, stderr } = await own.root.tryRun(["sh", "-c", script], options);
  const [before, said, after] = stdout.split(`${mark}\n`);
  if (before === undefined || said === undefined || after === undefined)
    throw new LabError("the counters around a flow could not be read", { where: node.where, tail: stderr });
  return { before, said: { stdout: said, stderr }, after };
}

function packetsInto(tunnel: string, before: MachineState, after: MachineState): number {
  return (after.sent.get(tunnel) ?? 0) - (before.sent.get(tunnel) ?? 0);
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
