import { messageOf } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";
import { parseIperf3 } from "./iperf3.ts";
import { mapLimited } from "./limit.ts";
import { startServersAt } from "./servers.ts";

/** One way to measure: from a client's place to a server's address. */
export interface ThroughputPair {
  /** Unique; a path id, or a name for the baseline. */
  readonly id: string;
  readonly client: Executor;
  readonly server: Executor;
  /** Address at which the client finds the server. */
  readonly address: string;
}

export interface ThroughputOptions {
  /** Samples per pair, without warm-up; at least 3. */
  readonly samples: number;
  /** Length of each sample in whole seconds (iperf3 reads 0.5 as 0). */
  readonly seconds: number;
  /**
   * Measure and discard one round first; default no. Between namespaces the first of 1-second samples was no slower than
   * the others (8.5, 10.9 and 11.6 Gbit/s first, 5.7 to 11.8 after), but emulated VMs translate code in it.
   */
  readonly warmUp?: boolean;
  readonly signal?: AbortSignal;
}

/** The samples of one pair. */
export interface ThroughputResult {
  readonly id: string;
  /** In the order of measuring; from what the receiver counted. */
  readonly gbitPerSecond: readonly number[];
  /** TCP segments sent again, per sample; [] where iperf3 does not tell. */
  readonly retransmits: readonly number[];
  /** One sentence for each sample that failed; a failed sample is never repeated. */
  readonly failures: readonly string[];
}

/** TCP port of the measuring servers: below the range of the probes' own ports, and iperf3's default. */
export const throughputPort = 5201;

/** Milliseconds beyond its length that a sample may take. */
const sampleSlackMs = 15_000;

/**
 * Measures TCP throughput with iperf3, one pair at a time and interleaved over the pairs (a1 b1 c1, a2 b2 c2, …), so
 * that whatever else the machine does hits all of them alike. Captures must be off. The servers end with the scope.
 */
export async function measureThroughput(
  pairs: readonly ThroughputPair[],
  options: ThroughputOptions,
  scope: Scope,
): Promise<readonly ThroughputResult[]> {
  if (options.samples < 3) throw new RangeError("fewer than 3 samples tell nothing about their spread");
  if (!Number.isInteger(options.seconds) || options.seconds < 1) throw new RangeError("iperf3 takes whole seconds");
  const servers = [...new Map(pairs.map(({ server }) => [server.where, server])).values()];
  await mapLimited(servers, 8, (server) => startServersAt(server, { iperf3: [throughputPort] }, scope));
  const samples = new Map<string, Sample[]>(pairs.map(({ id }) => [id, []]));
  const rounds = options.samples + (options.warmUp === true ? 1 : 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const pair of pairs) {
      options.signal?.throwIfAborted();
      const sample = await sampleOf(pair, options);
      if (options.warmUp !== true || round > 0) samples.get(pair.id)?.push(sample);
    }
  }
  return pairs.map(({ id }) => resultOf(id, samples.get(id) ?? []));
}

interface Sample {
  readonly gbitPerSecond?: number;
  readonly retransmits?: number;
  readonly failure?: string;
}

async function sampleOf({ client, address }: ThroughputPair, options: ThroughputOptions): Promise<Sample> {
  const { seconds, signal } = options;
  const limits = ["-t", String(seconds), "--connect-timeout", "5000"];
  const argv = ["iperf3", "-c", address, "-p", String(throughputPort), ...limits, "-J"];
  try {
    const timeoutMs = seconds * 1000 + sampleSlackMs;
    const { stdout, stderr } = await client.tryRun(argv, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    const { gbitPerSecond, retransmits, errors } = parseIperf3(stdout, stderr);
    if (gbitPerSecond === undefined) return { failure: errors.join("; ") };
    return { gbitPerSecond, ...(retransmits === undefined ? {} : { retransmits }) };
  } catch (error) {
    signal?.throwIfAborted();
    return { failure: messageOf(error) };
  }
}

function resultOf(id: string, samples: readonly Sample[]): ThroughputResult {
  return {
    id,
    gbitPerSecond: samples.flatMap(({ gbitPerSecond }) => gbitPerSecond ?? []),
    retransmits: samples.flatMap(({ retransmits }) => retransmits ?? []),
    failures: samples.flatMap(({ failure }) => failure ?? []),
  };
}
