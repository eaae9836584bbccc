import { parseIperf3, type Iperf3Report } from "../probe/iperf3.ts";
import { parsePing } from "../probe/ping.ts";
import { parallelStreams, type MetricName } from "./metric.ts";
import { percentile } from "./percentile.ts";

/** What a path is made to do for one sample. */
export type Exercise = "tcp" | "tcp-4" | "udp" | "echo" | "connect";

/** How exercises are done; the same for all sides that are compared. */
export interface ExerciseSettings {
  /** Whole seconds of each TCP and UDP flow (iperf3 reads 0.5 as 0), without the omitted ones. */
  readonly seconds: number;
  /** Whole seconds at a TCP flow's begin that do not count: slow start. */
  readonly omitSeconds: number;
  readonly udpMbitPerSecond: number;
  /** Echo requests in one sample: as many as take some tenths of a second, and one in a hundred is still a few. */
  readonly echoes: number;
  /** Processors that client and server are tied to; missing = wherever the kernel puts them. */
  readonly processors?: { readonly client: number; readonly server: number };
}

/** What one sample of an exercise said. */
export interface Reading {
  readonly values: Partial<Record<MetricName, number>>;
  /** Gbit of data that the TCP flow carried, the omitted seconds included. */
  readonly gbit?: number;
  readonly retransmits?: number;
  /** Bytes of data in a full TCP segment. */
  readonly segment?: number;
  readonly congestion?: string;
  readonly version?: string;
  /** Microseconds of each echo's round trip. */
  readonly micros?: readonly number[];
  /** Why there are no values. */
  readonly failure?: string;
}

/** TCP port of the measuring iperf3 servers, its default: below the range of the probes' own ports. */
export const measuringPort = 5201;

/** TCP port of the server that connections are set up to. */
export const connectPort = 8080;

/** Connections in one sample: together they take a tenth of a second. */
const connections = 100;

/** Seconds after which echoes or connections end whatever came back. */
const patienceSeconds = 20;

/** The client's command. */
export function exerciseCommand(exercise: Exercise, address: string, settings: ExerciseSettings): readonly string[] {
  const { processors, echoes } = settings;
  const tied = processors === undefined ? [] : ["taskset", "-c", String(processors.client)];
  if (exercise === "echo")
    return [...tied, "ping", "-n", "-A", "-c", String(echoes), "-w", String(patienceSeconds), address];
  if (exercise === "connect") return [...tied, ...connectCommand(address)];
  return iperf3Command(exercise, address, settings);
}

/** One process sets up all connections, one after the other; the responder closes each. Brackets alone would be curl's ranges. */
function connectCommand(address: string): readonly string[] {
  const host = address.includes(":") ? `\\[${address}\\]` : address;
  const form = ["-w", "%{time_namelookup} %{time_connect}\\n"];
  const quiet = ["-s", "-o", "/dev/null", "--connect-timeout", "2", "--max-time", String(patienceSeconds)];
  return ["curl", ...quiet, ...form, `http://${host}:${connectPort}/[1-${connections}]`];
}

function iperf3Command(
  exercise: "tcp" | "tcp-4" | "udp",
  address: string,
  { seconds, omitSeconds, udpMbitPerSecond, processors }: ExerciseSettings,
): readonly string[] {
  const flow = {
    tcp: ["-O", String(omitSeconds)],
    "tcp-4": ["-O", String(omitSeconds), "-P", String(parallelStreams)],
    udp: ["-u", "-b", `${udpMbitPerSecond}M`],
  }[exercise];
  // Several streams on one processor would measure that processor.
  const isTied = processors !== undefined && exercise !== "tcp-4";
  const tied = isTied ? ["-A", `${processors.client},${processors.server}`] : [];
  const limits = ["-t", String(seconds), "-i", "0", "--connect-timeout", "5000"];
  return ["iperf3", "-c", address, "-p", String(measuringPort), ...limits, ...flow, ...tied, "-J"];
}

/** Reads what the client's command printed. */
export function readExercise(exercise: Exercise, stdout: string, stderr: string, settings: ExerciseSettings): Reading {
  if (exercise === "echo") return readEchoes(stdout, stderr, settings);
  if (exercise === "connect") return readConnections(stdout, stderr);
  const report = parseIperf3(stdout, stderr);
  if (report.gbitPerSecond === undefined) return { values: {}, failure: report.errors.join("; ") };
  return exercise === "udp" ? readDatagrams(report) : readTcp(exercise, report, settings);
}

function readTcp(exercise: "tcp" | "tcp-4", report: Iperf3Report, settings: ExerciseSettings): Reading {
  const { gbitPerSecond: rate = 0, processor, retransmits, segment, congestion, version } = report;
  if (rate <= 0) return { values: {}, failure: "no data arrived" };
  const perGbit =
    processor === undefined || exercise === "tcp-4"
      ? {}
      : { "cpu-sender": processor.client / rate, "cpu-receiver": processor.server / rate };
  return {
    values: { [exercise === "tcp" ? "throughput" : "throughput-4"]: rate, ...perGbit },
    gbit: rate * (settings.seconds + settings.omitSeconds),
    ...(retransmits === undefined ? {} : { retransmits }),
    ...(segment === undefined ? {} : { segment }),
    ...(congestion === undefined ? {} : { congestion }),
    ...(version === undefined ? {} : { version }),
  };
}

function readDatagrams({ datagrams, version }: Iperf3Report): Reading {
  if (datagrams === undefined || datagrams.sent === 0) return { values: {}, failure: "iperf3 reported no datagrams" };
  const { sent, lost, jitterMs } = datagrams;
  return {
    values: { loss: (100 * lost) / sent, jitter: jitterMs * 1000 },
    ...(version === undefined ? {} : { version }),
  };
}

function readEchoes(stdout: string, stderr: string, { echoes }: ExerciseSettings): Reading {
  const { rttMs, errors } = parsePing(stdout);
  if (rttMs.length < echoes / 2)
    return {
      values: {},
      failure: `${rttMs.length} of ${echoes} echo replies ${[...errors, stderr.trim()].join("; ")}`,
    };
  const micros = rttMs.map((ms) => ms * 1000);
  const values = { "rtt-p50": percentile(micros, 0.5, 1), "rtt-p99": percentile(micros, 0.99, 1) };
  return { values, micros: micros.map(Math.round) };
}

function readConnections(stdout: string, stderr: string): Reading {
  const lines = stdout.split("\n").map((line) => line.split(" ").map(Number));
  const micros = lines.flatMap(([named = NaN, connected = 0]) => (connected > 0 ? (connected - named) * 1e6 : []));
  if (micros.length < connections / 2)
    return { values: {}, failure: `${micros.length} of ${connections} connections were set up ${stderr.trim()}` };
  return { values: { setup: percentile(micros.map(Math.round), 0.5, 1) } };
}
