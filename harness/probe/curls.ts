import type { CommandResult } from "../exec/executor.ts";
import { probeCommands, type HttpPorts } from "./probe-command.ts";
import type { Probe } from "./probe.ts";

/** Requests that one process sends at the most: its command line stays far below what one may hold. */
export const mostRequests = 32;

/**
 * The command that sends the requests of many probes of one source: each as if by a curl of its own, on a connection of its own and with its own
 * limits, but in one process, because to start curl costs an emulated machine as much as the request. `parallel` are on the way at a time;
 * none waits to learn whether it could share another's connection.
 */
export function curlsArgv(probes: readonly Probe[], ports: HttpPorts, parallel: number): readonly string[] {
  const requests = probes.map((probe) => argvOf(probe, ports).slice(2));
  const together = ["-Z", "--parallel-immediate", "--parallel-max", String(parallel)];
  return [
    "curl",
    "-q",
    ...together,
    ...requests.flatMap((words, index) => (index === 0 ? words : ["--next", ...words])),
  ];
}

/** What the command said of one of its probes, as if a curl had sent that alone; all errors where it died without a word about it. */
export function curlResult(probe: Probe, all: CommandResult, ports: HttpPorts): CommandResult {
  const mark = probe.token.kind === "tcp-port" ? (probe.token.mark ?? "") : "";
  const lines = all.stdout.split("\n");
  const own = { ...all, argv: argvOf(probe, ports) };
  const report = lines.find((line) => line.startsWith("{") && urlIn(line)?.split(/[/?]/).includes(mark) === true);
  if (report === undefined) return { ...own, stdout: "" };
  const body = lines.find((line) => line.endsWith(` ${mark}`)) ?? "";
  return { ...own, exitCode: exitCodeIn(report) ?? all.exitCode, stdout: `${body}\n${report}`, stderr: "" };
}

function argvOf(probe: Probe, ports: HttpPorts): readonly string[] {
  return probeCommands(probe, ports)[0] ?? [];
}

function urlIn(report: string): string | undefined {
  const { url_effective: url } = reportOf(report);
  return typeof url === "string" ? url : undefined;
}

function exitCodeIn(report: string): number | undefined {
  const { exitcode } = reportOf(report);
  return typeof exitcode === "number" ? exitcode : undefined;
}

function reportOf(line: string): { readonly url_effective?: unknown; readonly exitcode?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
