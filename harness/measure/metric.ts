/** What is measured of a path. */
export type MetricName =
  "throughput" | "throughput-4" | "cpu-sender" | "cpu-receiver" | "rtt-p50" | "rtt-p99" | "setup" | "jitter" | "loss";

/** How a metric is read. */
export interface Metric {
  readonly name: MetricName;
  readonly unit: "Gbit/s" | "s/Gbit" | "µs" | "%";
  readonly better: "higher" | "lower";
  /** Whether a ratio of two makes sense: not where zero is the usual value. */
  readonly isRatio: boolean;
  /** What exactly it is, for tables and conditions. */
  readonly words: string;
}

/** Streams of the parallel throughput. */
export const parallelStreams = 4;

/** Every metric, in the order in which it is shown. */
export const metrics: readonly Metric[] = [
  metric("throughput", "Gbit/s", "higher", "TCP, one stream, data as the receiver counted it"),
  metric("throughput-4", "Gbit/s", "higher", `TCP, ${parallelStreams} streams together`),
  metric("cpu-sender", "s/Gbit", "lower", "processor seconds for each Gbit of TCP data, at the sending node"),
  metric("cpu-receiver", "s/Gbit", "lower", "processor seconds for each Gbit of TCP data, at the receiving node"),
  metric("rtt-p50", "µs", "lower", "ICMP echo request to reply, one at a time: half take no longer"),
  metric("rtt-p99", "µs", "lower", "ICMP echo request to reply, one at a time: 99 of 100 take no longer"),
  metric("setup", "µs", "lower", "TCP connect() until established: half take no longer"),
  metric("jitter", "µs", "lower", "of UDP at a fixed rate (RFC 3550 6.4.1)"),
  { ...metric("loss", "%", "lower", "of UDP at a fixed rate"), isRatio: false },
];

/** What a ratio costs, as a fraction: 0.1 is a tenth less throughput, or a tenth more time. */
export function costOf({ better }: Pick<Metric, "better">, ratio: number): number {
  return better === "higher" ? 1 - ratio : ratio - 1;
}

function metric(name: MetricName, unit: Metric["unit"], better: Metric["better"], words: string): Metric {
  return { name, unit, better, isRatio: true, words };
}
