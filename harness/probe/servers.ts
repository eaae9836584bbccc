import { LabError } from "../core/errors.ts";
import { poll } from "../core/poll.ts";
import type { Scope } from "../core/scope.ts";
import type { Executor, RunningCommand } from "../exec/executor.ts";
import { mapLimited } from "./limit.ts";
import { byEndpoint, executorAt, type Places } from "./places.ts";
import type { Probe } from "./probe.ts";
import { defaultHttpPorts, isDownload, type HttpPorts } from "./probe-command.ts";

/** What listens in one place. */
export interface ServerPlan {
  /** Port of the HTTP responder; missing = none. */
  readonly http?: number;
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
    const plan = serversFor(values, ports);
    if (plan.http === undefined && plan.iperf3.length === 0) return;
    await startServersAt(executorAt(places, endpoint), plan, scope);
  });
}

function serversFor(probes: readonly Probe[], ports: HttpPorts): ServerPlan {
  const http = probes.some((probe) => probe.kind === "curl" || isDownload(probe));
  const iperf3 = probes.flatMap(({ kind, token }) =>
    kind === "bulk" && token.kind === "tcp-port" && token.side === "server" ? [token.port] : [],
  );
  return { ...(http ? { http: ports.direct } : {}), iperf3 };
}

/**
 * Starts servers in one place and returns when they listen, on IPv4 and IPv6. The HTTP responder is busybox httpd with
 * two CGI scripts: `saw/<anything>` answers with the client's address, `bulk/<anything>?N` with N zero bytes. Everything
 * ends with the scope, and their temporary folder with them.
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
  const ports = [...(plan.http === undefined ? [] : [plan.http]), ...plan.iperf3];
  try {
    await poll(async () => missing(ports, await listeningPorts(executor)), {
      what: `servers on ${executor.where} to listen`,
      timeoutMs,
      intervalMs: firstLookMs,
    });
  } catch (error) {
    throw await withOutput(error, executor, running);
  }
}

function serverScript({ http, iperf3 }: ServerPlan): string {
  const responder = http === undefined ? [] : [responderFiles, `start busybox httpd -f -p ${http} -h "$dir"`];
  return [
    shellStart,
    ...responder,
    ...iperf3.map((port) => `start iperf3 -s -p ${port}`),
    // Interrupted by the trap, whose commands then run.
    "wait",
    "",
  ].join("\n");
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
printf "Content-Type: text/plain\\r\\n\\r\\n%s" "$REMOTE_ADDR"' >"$dir/cgi-bin/saw"
printf '%s\\n' '#!/bin/sh
printf "Content-Type: application/octet-stream\\r\\n\\r\\n"
exec head -c "$QUERY_STRING" /dev/zero' >"$dir/cgi-bin/bulk"
chmod 755 "$dir" "$dir/cgi-bin" "$dir"/cgi-bin/*`;

/** TCP ports in state LISTEN in the executor's network namespace, of both families. */
export async function listeningPorts(executor: Executor): Promise<ReadonlySet<number>> {
  // A kernel without IPv6 has no tcp6, and cat then fails after it has printed the other.
  const { stdout } = await executor.tryRun(["cat", "/proc/net/tcp", "/proc/net/tcp6"]);
  const listening = stdout.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm);
  return new Set([...listening].map((match) => parseInt(match[1] ?? "", 16)));
}

function missing(
  wanted: readonly number[],
  listening: ReadonlySet<number>,
): { done: true; value: undefined } | { done: false; seen: string } {
  const closed = wanted.filter((port) => !listening.has(port));
  return closed.length === 0
    ? { done: true, value: undefined }
    : { done: false, seen: `nothing on TCP ${closed.join(", ")}` };
}

async function withOutput(error: unknown, executor: Executor, running: RunningCommand): Promise<unknown> {
  if (!(error instanceof LabError)) return error;
  const { stderr } = await running.stop("SIGTERM");
  return new LabError(error.message, {
    where: executor.where,
    tail: stderr,
    fix: "Install busybox and iperf3 there, and free these ports.",
  });
}
