import { LabError } from "../core/errors.ts";
import { poll } from "../core/poll.ts";
import type { Scope } from "../core/scope.ts";
import { CommandError } from "../exec/command-error.ts";
import type { Executor, RunningCommand } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { mapLimited } from "./limit.ts";
import { byEndpoint, executorAt, type Places } from "./places.ts";
import { isOfDatagrams } from "./probe-kinds.ts";
import type { Probe } from "./probe.ts";
import { defaultHttpPorts, isDownload, type HttpPorts } from "./probe-command.ts";
import { udpServerArgv } from "./udp/server.ts";

/** What listens in one place. */
export interface ServerPlan {
  /** Name of the pod or node, which the responder tells; missing where it has none. */
  readonly name?: string;
  /** Port of the HTTP responder; missing = none. */
  readonly http?: number;
  /** Where UDP requests are answered; missing = nowhere. */
  readonly udp?: { readonly port: number; readonly addresses: readonly string[] };
  readonly iperf3: readonly number[];
}

/** Milliseconds in which servers must listen; they take some 10 ms, on emulated machines of a busy host 15 s. */
const listenTimeoutMs = 60_000;

/** Milliseconds after which a second look is worth its process. */
const firstLookMs = 25;

/** Places whose servers are started at a time. */
const parallelPlaces = 16;

/** Starts everything that the probes' targets need to answer, one shell per target, and returns when all listen. */
export async function startServers(
  probes: readonly Probe[],
  places: Places,
  scope: Scope,
  ports: HttpPorts = defaultHttpPorts,
): Promise<void> {
  const groups = byEndpoint(probes, (probe) => probe.path.target);
  await mapLimited(groups, parallelPlaces, async ({ endpoint, values }) => {
    const plan = { ...serversFor(values, ports), name: endpoint.pod ?? endpoint.node };
    if (portsOf(plan).length === 0 && plan.udp === undefined) return;
    await startServersAt(executorAt(places, endpoint), plan, scope);
  });
}

function serversFor(probes: readonly Probe[], ports: HttpPorts): ServerPlan {
  const http = probes.some((probe) => probe.kind === "curl" || isDownload(probe));
  const iperf3 = probes.flatMap(({ kind, token }) =>
    kind === "bulk" && token.kind === "tcp-port" && token.side === "server" ? [token.port] : [],
  );
  const udp = probes.filter(({ kind }) => isOfDatagrams(kind));
  return {
    ...(http ? { http: ports.direct } : {}),
    ...(udp.length === 0 ? {} : { udp: { port: ports.direct, addresses: addressesFor(udp) } }),
    iperf3,
  };
}

/** A pod has one address of each family; a host has many, of which those answer that are asked. */
function addressesFor(probes: readonly Probe[]): readonly string[] {
  const onHosts = probes.filter(({ path }) => path.target.pod === undefined);
  return [...new Set(onHosts.map(({ dials }) => dials))];
}

/**
 * Starts servers in one place and returns when they listen, on IPv4 and IPv6. The HTTP responder is busybox httpd with
 * two CGI scripts: `saw/<anything>` answers with the client's address and its own name, `bulk/<anything>?N` with N zero bytes. UDP
 * requests are answered by udp/server.ts. Everything ends with the scope, and their temporary folder with them.
 */
export async function startServersAt(
  executor: Executor,
  plan: ServerPlan,
  scope: Scope,
  timeoutMs: number = listenTimeoutMs,
): Promise<void> {
  const running = await executor.spawn(["sh", "-s"], scope, { input: serverScript(plan) });
  // Runs before the spawn's own undo, whose SIGINT background jobs of a shell ignore (POSIX.1, 2.11).
  scope.defer(`stop servers on ${executor.where}`, async () => {
    await running.stop("SIGTERM");
  });
  try {
    await running.waitForLine(/^free$/, timeoutMs);
    await poll(async () => missing(plan, await listeningPorts(executor)), {
      what: `servers on ${executor.where} to listen`,
      timeoutMs,
      intervalMs: firstLookMs,
    });
  } catch (error) {
    throw await withOutput(error, executor, running);
  }
}

function serverScript(plan: ServerPlan): string {
  const { name = "", http, udp, iperf3 } = plan;
  const responder = http === undefined ? [] : [responderFiles, `start busybox httpd -f -p ${http} -h "$dir"`];
  return [
    refuseTaken(plan),
    `export ENCAPLAB_SERVER=${shellQuote([name])}`,
    shellStart,
    ...responder,
    ...iperf3.map((port) => `start iperf3 -s -p ${port}`),
    ...(udp === undefined ? [] : [`start ${shellQuote(udpServerArgv(udp.port, name, udp.addresses))}`]),
    // Interrupted by the trap, whose commands then run.
    "wait",
    "",
  ].join("\n");
}

/** TCP ports. */
function portsOf({ http, iperf3 }: ServerPlan): readonly number[] {
  return [...(http === undefined ? [] : [http]), ...iperf3];
}

/** Exit code of the servers' shell where a port is taken; none of the shell's own (POSIX.1 2.8.2). */
const portTaken = 98;

/** Whoever listens on one of the ports already would answer in the place of our server. */
function refuseTaken(plan: ServerPlan): string {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
  const tcp = portsOf(plan);
  const udp = plan.udp === undefined ? [] : [plan.udp.port];
  const listening = [
    ...(tcp.length === 0 ? [] : [`:(${tcp.map(hex).join("|")}) [0-9A-F]*:0000 0A `]),
    ...udp.map((port) => `:${hex(port)} [0-9A-F]*:0000 07 `),
  ];
  const words = [`TCP ${tcp.join(", ")}`, ...udp.map((port) => `UDP ${port}`)].join(", ");
  return `
if cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null | grep -qE '${listening.join("|")}'
then echo "one of these ports is in use: ${words}" >&2; exit ${portTaken}
fi
echo free`;
}

/** The folder's name says whose it is, so that leftovers of a dead run are found (as in exec/batch.ts). */
const shellStart = `
run=\${ENCAPLAB_RUN:-none:$$}
dir=$(mktemp -d "\${TMPDIR:-/tmp}/encaplab-\${run%%:*}.\${run#*:}.XXXXXX") || exit 1
pids=
trap 'rm -rf "$dir"' EXIT
trap 'trap "" TERM INT HUP; kill $pids 2>/dev/null; wait; exit 0' TERM INT HUP
start() { "$@" >/dev/null & pids="$pids $!"; }`;

const responderFiles = `
mkdir "$dir/cgi-bin"
printf '%s\\n' '#!/bin/sh
printf "Content-Type: text/plain\\r\\n\\r\\n%s %s" "$REMOTE_ADDR" "$ENCAPLAB_SERVER"' >"$dir/cgi-bin/saw"
printf '%s\\n' '#!/bin/sh
printf "Content-Type: application/octet-stream\\r\\n\\r\\n"
exec head -c "$QUERY_STRING" /dev/zero' >"$dir/cgi-bin/bulk"
chmod 755 "$dir" "$dir/cgi-bin" "$dir"/cgi-bin/*`;

/** Ports on which somebody waits. */
export interface ListeningPorts {
  readonly tcp: ReadonlySet<number>;
  readonly udp: ReadonlySet<number>;
}

/** TCP ports in state LISTEN, and UDP ports without a peer, in the executor's network namespace, of both families. */
export async function listeningPorts(executor: Executor): Promise<ListeningPorts> {
  // A kernel without IPv6 has no tcp6, and cat then fails after it has printed the others.
  const tables = ["tcp", "tcp6", "udp", "udp6"].map((table) => `/proc/net/${table}`);
  const { stdout } = await executor.tryRun(["cat", ...tables]);
  // In the kernel's own numbers 0A is TCP_LISTEN, and 07 TCP_CLOSE, which also says that a UDP socket is not connected.
  const inState = (state: string): ReadonlySet<number> => {
    const lines = stdout.matchAll(new RegExp(`^ *\\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 ${state} `, "gm"));
    return new Set([...lines].map((match) => parseInt(match[1] ?? "", 16)));
  };
  return { tcp: inState("0A"), udp: inState("07") };
}

function missing(
  plan: ServerPlan,
  listening: ListeningPorts,
): { done: true; value: undefined } | { done: false; seen: string } {
  const closed = [
    ...portsOf(plan).flatMap((port) => (listening.tcp.has(port) ? [] : [`TCP ${port}`])),
    ...(plan.udp === undefined || listening.udp.has(plan.udp.port) ? [] : [`UDP ${plan.udp.port}`]),
  ];
  return closed.length === 0
    ? { done: true, value: undefined }
    : { done: false, seen: `nothing on ${closed.join(", ")}` };
}

async function withOutput(error: unknown, executor: Executor, running: RunningCommand): Promise<unknown> {
  if (!(error instanceof LabError || error instanceof CommandError)) return error;
  const { exitCode, stderr } = await running.stop("SIGTERM");
  const message = exitCode === portTaken ? stderr.trim() : error.message;
  return new LabError(message, {
    where: executor.where,
    tail: stderr,
    fix: "Install busybox, iperf3 and perl there, and free these ports: another check of this lab may be running.",
  });
}
