import { chunksOf } from "../core/chunks-of.ts";
import type { BatchCommand } from "../exec/batch-command.ts";
import type { CommandResult, Executor } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { runBatches } from "../exec/run-batches.ts";
import { curlResult, curlsArgv, mostRequests } from "./curls.ts";
import { byEndpoint, executorAt, type Places } from "./places.ts";
import { defaultHttpPorts, isDownload, probeCommands, probeTimeoutMs, type HttpPorts } from "./probe-command.ts";
import { probeResult } from "./probe-result.ts";
import { isOfDatagrams } from "./probe-kinds.ts";
import type { Probe, ProbeResult } from "./probe.ts";
import { withOwnLimit } from "./own-limit.ts";
import { sweepWaitMs, udpClientArgv, udpCommandWords, udpParts } from "./udp/client.ts";

export interface RunProbesOptions {
  readonly ports?: HttpPorts;
  /** Sources that send at a time; default 8. */
  readonly sources?: number;
  /** Commands at a time in each source; default 8. */
  readonly perSource?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends all probes, all sources side by side, in few processes, and reads what the programs reported, in the order of the
 * probes. An answer that does not come is a result; a source that cannot run commands at all is a LabError.
 */
export async function runProbes(
  probes: readonly Probe[],
  places: Places,
  options: RunProbesOptions = {},
): Promise<readonly ProbeResult[]> {
  const { ports = defaultHttpPorts, sources = 8, perSource: parallel = 8, signal } = options;
  const groups = byEndpoint(probes, (probe) => probe.path.source).map(({ endpoint, values }) => {
    const orders = ordersOf(values, ports, parallel);
    const commands = orders.flatMap(({ batch }) => batch);
    return { executor: executorAt(places, endpoint), values, orders, commands };
  });
  const limits = groups.map(
    ({ values }) => (Math.ceil((2 * values.length) / parallel) + 1) * probeTimeoutMs + sweepWaitMs(values),
  );
  const answers = await runBatches(groups, {
    ...{ places: sources, parallel, timeoutMs: Math.max(0, ...limits) },
    ...(signal === undefined ? {} : { signal }),
  });
  const results = groups.flatMap(({ executor, orders }, index) =>
    orders.flatMap((order) => resultsOf(order, executor, answers[index])),
  );
  const known = new Map(results.map((result) => [result.probe, result]));
  return probes.flatMap((probe) => known.get(probe) ?? []);
}

function resultsOf(
  { batch, sends, words, ownOf }: Order,
  { where }: Executor,
  answers: ReadonlyMap<string, CommandResult> | undefined,
): readonly ProbeResult[] {
  const outputs = batch.flatMap(({ id, timeoutMs }) => {
    const output = answers?.get(id);
    return output === undefined ? [] : [withOwnLimit(output, timeoutMs)];
  });
  return sends.map((probe, place) => {
    const own = ownOf === undefined ? outputs : outputs.map((output) => ownOf(probe, output));
    return probeResult(probe, words?.(probe) ?? commandLine(own), where, own, place);
  });
}

/** Commands of a source, and the probes that they send. */
interface Order {
  readonly batch: readonly BatchCommand[];
  readonly sends: readonly Probe[];
  /** How the command is told to people, where it is not what it is made of. */
  readonly words?: (probe: Probe) => string;
  /** What it said of one of its probes, where each has output of its own. */
  readonly ownOf?: (probe: Probe, output: CommandResult) => CommandResult;
}

/**
 * A command or two for each probe, one for many requests by HTTP, and one for many UDP probes, which has most to do and begins first. Pings sleep most
 * of the time, and wait half a second for the last answer: behind the others, when there is less to do.
 */
function ordersOf(probes: readonly Probe[], ports: HttpPorts, parallel: number): readonly Order[] {
  const words = (probe: Probe): string => udpCommandWords(probe, ports);
  // Sweeps by a process of their own, so that what they wait for keeps no other answer waiting.
  const parts = (["udp", "sweep"] as const).flatMap((own) => udpParts(probes.filter(({ kind }) => kind === own)));
  const together = parts.map((part, index): Order => {
    // Each may wait for answers three times, and a busy machine is late.
    const timeoutMs = probeTimeoutMs + sweepWaitMs(part);
    const batch = [{ id: `udp.${index}`, argv: udpClientArgv(part, ports, timeoutMs), timeoutMs }];
    return { batch, sends: part, words };
  });
  const requests = chunksOf(probes.filter(isRequest), mostRequests).map((sends, index): Order => {
    const batch = [{ id: `curl.${index}`, argv: curlsArgv(sends, ports, parallel) }];
    return { batch, sends, ownOf: (probe, output) => curlResult(probe, output, ports) };
  });
  const alone = probes.filter((probe) => !isOfDatagrams(probe.kind) && !isRequest(probe));
  const each = alone.map((probe, index): Order => ({ batch: toBatch(probe, index, ports), sends: [probe] }));
  const sleeps = ({ sends }: Order): boolean => sends.every(({ kind }) => kind === "ping");
  return [...together, ...requests, ...each.filter((order) => !sleeps(order)), ...each.filter(sleeps)];
}

function isRequest(probe: Probe): boolean {
  return probe.kind === "curl" || isDownload(probe);
}

function toBatch(probe: Probe, index: number, ports: HttpPorts): readonly BatchCommand[] {
  // ping always ends by itself; iperf3 waits forever for a server that died in the middle.
  const limit = probe.kind === "bulk" ? { timeoutMs: probeTimeoutMs } : {};
  return probeCommands(probe, ports).map((argv, part) => ({ id: `${index}.${part}`, argv, ...limit }));
}

function commandLine(outputs: readonly CommandResult[]): string {
  return outputs.map(({ argv }) => shellQuote(argv)).join("; ");
}
