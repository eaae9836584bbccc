/** What ping(8) reported. */
export interface PingReport {
  readonly sent: number;
  readonly received: number;
  readonly duplicates: number;
  /** Round-trip times in milliseconds, in the order of arrival, without those of duplicates. */
  readonly rttMs: readonly number[];
  /** ICMP errors and local ones, verbatim but for the sequence number; each once. */
  readonly errors: readonly string[];
}

/**
 * Reads the output of ping: iputils (20121221 to 20240905 print alike), busybox and inetutils. Output without statistics
 * counts nothing sent: ping failed before its first packet, and says why in `errors`.
 */
export function parsePing(output: string): PingReport {
  const lines = output.split("\n");
  const statistics = /(\d+) packets transmitted, (\d+) (?:packets )?received(?:,|$)/m.exec(output);
  const answers = lines.filter((line) => /^\d+ bytes from /.test(line));
  const isDuplicate = (line: string): boolean => line.includes("(DUP!)");
  return {
    sent: Number(statistics?.[1] ?? 0),
    received: Number(statistics?.[2] ?? 0),
    duplicates: answers.filter(isDuplicate).length,
    rttMs: answers.filter((line) => !isDuplicate(line)).flatMap(rttOf),
    errors: [...new Set(lines.flatMap(errorOf))],
  };
}

function rttOf(line: string): number[] {
  const time = /time[=<]([\d.]+) ?ms/.exec(line)?.[1];
  return time === undefined ? [] : [Number(time)];
}

/** "From A icmp_seq=1 text" (iputils), "N bytes from A: text" (inetutils), "ping: text" (all, on stderr). */
function errorOf(line: string): string[] {
  const iputils = /^From (\S+?):? icmp_seq[= ]\d+ (.+)$/.exec(line);
  if (iputils !== null) return [`${iputils[2] ?? ""} from ${iputils[1] ?? ""}`];
  const inetutils = /^\d+ bytes from (\S+): (?!icmp_seq|seq)(.+)$/.exec(line);
  if (inetutils !== null) return [`${inetutils[2] ?? ""} from ${inetutils[1] ?? ""}`];
  const local = /^(?:ping6?|connect): (.+)$/.exec(line);
  return local?.[1] === undefined ? [] : [local[1]];
}
