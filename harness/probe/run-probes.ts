import { runBatch, type BatchCommand } from "../exec/batch.ts";
import type { CommandResult, Executor } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { mapLimited } from "./limit.ts";
import { byEndpoint, executorAt, type Places } from "./places.ts";
import { defaultHttpPorts, probeCommands, probeTimeoutMs, type HttpPorts } from "./probe-command.ts";
import { probeResult } from "./probe-result.ts";
import { isOfDatagrams } from "./probe-kinds.ts";
import type { Probe, ProbeResult } from "./probe.ts";
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
 * Sends all probes, all sources side by side, one shell process per source, and reads what the programs reported, in the
 * order of the probes. An answer that does not come is a result; a source that cannot run commands at all is a LabError.
 */
export async function runProbes(
  probes: readonly Probe[],
  places: Places,
  options: RunProbesOptions = {},
): Promise<readonly ProbeResult[]> {
  const groups = byEndpoint(probes, (probe) => probe.path.source);
  const batches = await mapLimited(groups, options.sources ?? 8, ({ endpoint, values }) =>
    sendFrom(executorAt(places, endpoint), values, options),
  );
  const results = new Map(batches.flat().map((result) => [result.probe, result]));
  return probes.flatMap((probe) => results.get(probe) ?? []);
}

async function sendFrom(
  executor: Executor,
  probes: readonly Probe[],
  options: RunProbesOptions,
): Promise<readonly ProbeResult[]> {
  const ports = options.ports ?? defaultHttpPorts;
  const parallel = options.perSource ?? 8;
  const orders = ordersOf(probes, ports);
  const commands = orders.flatMap(({ batch }) => batch);
  const results = await runBatch(executor, commands, {
    parallel,
    timeoutMs: Math.ceil(commands.length / parallel) * probeTimeoutMs + probeTimeoutMs + sweepWaitMs(probes),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return orders.flatMap(({ batch, sends, words }) => {
    const outputs = batch.flatMap(({ id }) => results.get(id) ?? []);
    return sends.map((probe, place) =>
      probeResult(probe, words?.(probe) ?? commandLine(outputs), executor.where, outputs, place),
    );
  });
}

/** Commands of a source, and the probes that they send. */
interface Order {
  readonly batch: readonly BatchCommand[];
  readonly sends: readonly Probe[];
  /** How the command is told to people, where it is not what it is made of. */
  readonly words?: (probe: Probe) => string;
}

/** A command or two for each probe, and one for many UDP probes, which first of all has most to do. */
function ordersOf(probes: readonly Probe[], ports: HttpPorts): readonly Order[] {
  const words = (probe: Probe): string => udpCommandWords(probe, ports);
  // Sweeps by a process of their own, so that what they wait for keeps no other answer waiting.
  const parts = (["udp", "sweep"] as const).flatMap((own) => udpParts(probes.filter(({ kind }) => kind === own)));
  const together = parts.map((part, index): Order => {
    // Each may wait for answers three times, and a busy machine is late.
    const timeoutMs = probeTimeoutMs + sweepWaitMs(part);
    const batch = [{ id: `udp.${index}`, argv: udpClientArgv(part, ports), timeoutMs }];
    return { batch, sends: part, words };
  });
  const alone = probes.filter(({ kind }) => !isOfDatagrams(kind));
  return [...together, ...alone.map((probe, index) => ({ batch: toBatch(probe, index, ports), sends: [probe] }))];
}

function toBatch(probe: Probe, index: number, ports: HttpPorts): readonly BatchCommand[] {
  // ping and curl always end by themselves; iperf3 waits forever for a server that died in the middle.
  const limit = probe.kind === "bulk" ? { timeoutMs: probeTimeoutMs } : {};
  return probeCommands(probe, ports).map((argv, part) => ({ id: `${index}.${part}`, argv, ...limit }));
}

function commandLine(outputs: readonly CommandResult[]): string {
  return outputs.map(({ argv }) => shellQuote(argv)).join("; ");
}
