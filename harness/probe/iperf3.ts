/** What iperf3(1) reported with `-J`. */
export interface Iperf3Report {
  /** Bytes that arrived; 0 where the test failed. */
  readonly bytes: number;
  /** As the receiver counted them; missing where the test failed. */
  readonly gbitPerSecond?: number;
  /** TCP segments sent again, where the kernel tells. */
  readonly retransmits?: number;
  /** What became of UDP datagrams. */
  readonly datagrams?: Datagrams;
  /** Processor time of the two iperf3 processes, as a fraction of one processor: 0.5 is half of one. */
  readonly processor?: { readonly client: number; readonly server: number };
  /** Bytes of data in a full TCP segment: what the client's first connection settled on. */
  readonly segment?: number;
  /** The sender's congestion control: "cubic", "bbr". */
  readonly congestion?: string;
  /** The client's release: "3.12". */
  readonly version?: string;
  /** Empty where all went well. */
  readonly errors: readonly string[];
}

/** UDP as the receiver counted it. */
interface Datagrams {
  readonly sent: number;
  readonly lost: number;
  /** RFC 3550 6.4.1. */
  readonly jitterMs: number;
}

/**
 * Reads the output of `iperf3 -J` (3.9 to 3.22). Its exit code tells nothing (0 also when nobody answered, 3.12); the `error` in
 * its JSON does. An iperf3 that was killed leaves half a JSON or none, and stderr has the reason.
 */
export function parseIperf3(stdout: string, stderr: string): Iperf3Report {
  const report = readObject(stdout);
  if (report === undefined) return { bytes: 0, errors: [stderr.trim() || "iperf3 printed no report"] };
  if (typeof report.error === "string") return { bytes: 0, errors: [report.error] };
  const end = objectIn(report, "end");
  const datagrams = datagramsOf(objectIn(end, "sum"));
  // 3.9 has no sum_received for UDP, and its sum holds what was sent.
  const received = objectIn(end, "sum_received");
  const { bytes, bits_per_second: bits } = received.bytes === undefined ? arrivedOf(end, datagrams) : received;
  if (typeof bytes !== "number" || typeof bits !== "number") {
    return { bytes: 0, errors: [stderr.trim() || "iperf3 reported no received bytes"] };
  }
  return {
    bytes,
    gbitPerSecond: bits / 1e9,
    ...numberAs("retransmits", objectIn(end, "sum_sent").retransmits),
    ...(datagrams === undefined ? {} : { datagrams }),
    ...processorOf(objectIn(end, "cpu_utilization_percent")),
    ...startOf(objectIn(report, "start")),
    ...textAs("congestion", end.sender_tcp_congestion),
    errors: [],
  };
}

type Json = Readonly<Record<string, unknown>>;

function readObject(json: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectIn(json: Json, name: string): Json {
  const value = json[name];
  return isObject(value) ? value : {};
}

function numberAs<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return typeof value === "number" ? ({ [name]: value } as Record<Name, number>) : {};
}

function textAs<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === "string" ? ({ [name]: value } as Record<Name, string>) : {};
}

function datagramsOf({ packets, lost_packets: lost, jitter_ms: jitterMs }: Json): Datagrams | undefined {
  const known = typeof packets === "number" && typeof lost === "number" && typeof jitterMs === "number";
  return known ? { sent: packets, lost, jitterMs } : undefined;
}

function arrivedOf(end: Json, datagrams: Datagrams | undefined): Json {
  const { bytes, bits_per_second: bits } = objectIn(end, "sum");
  if (datagrams === undefined || datagrams.sent === 0 || typeof bytes !== "number" || typeof bits !== "number")
    return {};
  const share = 1 - datagrams.lost / datagrams.sent;
  return { bytes: bytes * share, bits_per_second: bits * share };
}

function processorOf({ host_total: client, remote_total: server }: Json): Pick<Iperf3Report, "processor"> {
  if (typeof client !== "number" || typeof server !== "number") return {};
  return { processor: { client: client / 100, server: server / 100 } };
}

function startOf(start: Json): Pick<Iperf3Report, "segment" | "version"> {
  const version = typeof start.version === "string" ? /[\d.]+/.exec(start.version)?.[0] : undefined;
  return { ...numberAs("segment", start.tcp_mss_default), ...(version === undefined ? {} : { version }) };
}
