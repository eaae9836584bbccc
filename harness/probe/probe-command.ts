import type { Probe } from "./probe.ts";
import { portOf } from "./port-of.ts";
import { udpClientArgv } from "./udp/client.ts";

/** Ports on which the responder answers: the service's, and the pods' and hosts' own (ServiceAllocation.port, targetPort). */
export interface HttpPorts {
  readonly service: number;
  readonly direct: number;
}

export const defaultHttpPorts: HttpPorts = { service: 80, direct: 8080 };

/** Ports of responders whose UDP is the probes', even where a masquerade gave a client a tunnel's port (RFC 6056: from 1024 up): 4500, 1194, 1701. */
export const probePorts: readonly number[] = Object.values(defaultHttpPorts);

/**
 * Seconds between echo requests, and seconds to wait for the first answer. The interval is also how long ping waits for
 * the last answer once it had others (iputils: twice the longest round trip, at least the interval), so it must cover
 * what a busy machine delays; iputils allows less than 0.2 only to root, in its older versions.
 */
const pingTimes = { usual: { interval: 0.1, answer: 1 }, slow: { interval: 0.5, answer: 4 } } as const;

/** Milliseconds after which a probe that hangs is killed: longer than any of the limits that its command has itself. */
export const probeTimeoutMs = 15_000;

/** Seconds that curl may take as a whole. */
const curlSeconds = { usual: 8, slow: 14 } as const;

/** Seconds in which curl may connect: three or four SYNs (RFC 6298: at 0, 1, 3 and 7 s), or one where none may arrive. */
const connectSeconds = { usual: 4, slow: 8, dying: 0.9 } as const;

/** The commands that send a probe; one, or two for mtu: the packet that fits, and the one with a byte more. */
export function probeCommands(probe: Probe, ports: HttpPorts = defaultHttpPorts): readonly (readonly string[])[] {
  switch (probe.kind) {
    case "ping":
      return [pingArgv(probe, ["-c", String(probe.amount), "-i", String(timesOf(probe).interval)])];
    case "mtu":
      return [mtuArgv(probe, 0), mtuArgv(probe, 1)];
    case "curl":
      return [curlArgv(probe, ports, "saw", "")];
    case "bulk":
      return [isDownload(probe) ? curlArgv(probe, ports, "bulk", `?${probe.amount}`) : iperf3Argv(probe)];
    case "udp":
    case "sweep":
      return [udpClientArgv([probe], ports, probeTimeoutMs)];
  }
}

/** Whether a bulk probe is a download from the responder, as through a ClusterIP, and not an iperf3 flow. */
export function isDownload(probe: Probe): boolean {
  return probe.kind === "bulk" && probe.token.kind === "tcp-port" && probe.token.side === "client";
}

function pingArgv(probe: Probe, options: readonly string[]): readonly string[] {
  const { dials, token, path } = probe;
  if (token.kind !== "icmp-pattern") throw new TypeError(`ping of ${path.id} needs an icmp-pattern token`);
  const family = path.family === 6 ? ["-6"] : [];
  return ["ping", ...family, "-n", ...options, "-W", String(timesOf(probe).answer), "-p", token.pattern, dials];
}

/** Milliseconds for which ping waits for its last answer once it had others (iputils: at least the interval). */
export function patienceMs(probe: Probe): number {
  return timesOf(probe).interval * 1000;
}

function timesOf(probe: Probe): { readonly interval: number; readonly answer: number } {
  return pingTimes[paceOf(probe)];
}

function paceOf(probe: Probe): "usual" | "slow" {
  return probe.slow === true ? "slow" : "usual";
}

/** DF set, and the payload that makes an IP packet of the MTU: minus IP header (20 or 40) and ICMP header (8). */
function mtuArgv(probe: Probe, extraBytes: 0 | 1): readonly string[] {
  const headers = probe.path.family === 6 ? 48 : 28;
  const size = String((probe.mtu ?? 0) - headers + extraBytes);
  const repeat = probe.amount > 2 ? ["-i", String(timesOf(probe).interval)] : [];
  return pingArgv(probe, ["-c", String(probe.amount / 2), ...repeat, "-M", "do", "-s", size]);
}

/** Without proxies and curlrc of the machine; the body comes first, then what curl measured as JSON. */
function curlArgv(probe: Probe, ports: HttpPorts, script: "saw" | "bulk", query: string): readonly string[] {
  const { token, path, dials } = probe;
  if (token.kind !== "tcp-port" || token.mark === undefined) throw new TypeError(`curl of ${path.id} needs a mark`);
  const host = path.family === 6 ? `[${dials}]` : dials;
  const port = portOf(path, ports);
  const connect = connectSeconds[probe.dies === true ? "dying" : paceOf(probe)];
  const limits = ["--max-time", String(curlSeconds[paceOf(probe)]), "--connect-timeout", String(connect)];
  return [
    ...["curl", "-q", "-sS", "-g", "--noproxy", "*", ...limits, "--local-port", String(token.port)],
    ...(script === "bulk" ? ["-o", "/dev/null"] : []),
    ...["-w", "\\n%{json}\\n", `http://${host}:${port}/cgi-bin/${script}/${token.mark}${query}`],
  ];
}

/**
 * Part of a flow that each end's buffer may hold. The server stops counting when the client's end reaches it on the control
 * connection, which overtakes a flow that was sent in one go: 38 of 40 servers reported 0 bytes. Linux doubles what it is asked for
 * (socket(7)), so two buffers of an eighth hold half of the flow, and a client has not ended before its server has read the other.
 */
const bufferShare = 8;

/** Blocks of 16 KiB, because iperf3 rounds the bytes up to whole blocks, of 128 KiB by default. No reports of intervals, which nobody reads. */
function iperf3Argv(probe: Probe): readonly string[] {
  const { dials, token, amount, path } = probe;
  if (token.kind !== "tcp-port") throw new TypeError(`iperf3 of ${path.id} needs a tcp-port token`);
  const buffer = String(Math.ceil(amount / bufferShare));
  const limits = ["-n", String(amount), "-l", "16K", "-w", buffer, "-i", "0", "--connect-timeout", "3000"];
  return ["iperf3", "-c", dials, "-p", String(token.port), ...limits, "-J"];
}
