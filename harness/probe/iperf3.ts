/** What iperf3(1) reported with `-J`. */
export interface Iperf3Report {
  /** Bytes that arrived; 0 where the test failed. */
  readonly bytes: number;
  /** As the receiver counted them; missing where the test failed. */
  readonly gbitPerSecond?: number;
  /** TCP segments sent again, where the kernel tells. */
  readonly retransmits?: number;
  /** Empty where all went well. */
  readonly errors: readonly string[];
}

interface Sum {
  readonly bytes?: unknown;
  readonly bits_per_second?: unknown;
  readonly retransmits?: unknown;
}

/**
 * Reads the output of `iperf3 -J`. Its exit code tells nothing (0 also when nobody answered, 3.12); the `error` in its
 * JSON does. An iperf3 that was killed leaves half a JSON or none, and stderr has the reason.
 */
export function parseIperf3(stdout: string, stderr: string): Iperf3Report {
  const value = readObject(stdout);
  if (value === undefined) return { bytes: 0, errors: [stderr.trim() || "iperf3 printed no report"] };
  if (typeof value.error === "string") return { bytes: 0, errors: [value.error] };
  const sent = sumOf(value, "sum_sent");
  const { bytes, bits_per_second: bits } = sumOf(value, "sum_received");
  if (typeof bytes !== "number" || typeof bits !== "number") {
    return { bytes: 0, errors: ["iperf3 reported no received bytes"] };
  }
  const { retransmits } = sent;
  return {
    bytes,
    gbitPerSecond: bits / 1e9,
    ...(typeof retransmits === "number" ? { retransmits } : {}),
    errors: [],
  };
}

function readObject(json: string): { readonly error?: unknown; readonly end?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(report: { readonly end?: unknown }, name: "sum_sent" | "sum_received"): Sum {
  const { end } = report;
  if (typeof end !== "object" || end === null) return {};
  const sum: unknown = (end as Record<string, unknown>)[name];
  return typeof sum === "object" && sum !== null ? sum : {};
}
