import { LabError, messageOf } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import { settleAll } from "../core/settle.ts";
import type { Executor } from "../exec/executor.ts";
import { spawnEverywhere } from "../exec/spawn-everywhere.ts";
import { runScript } from "../exec/script.ts";
import { byEndpoint, executorAt, type Places } from "./places.ts";
import { isOfDatagrams } from "./probe-kinds.ts";
import type { Probe } from "./probe.ts";
import { defaultHttpPorts, isDownload, type HttpPorts } from "./probe-command.ts";
import type { ServerPlan } from "./responder.ts";
import { portsOf, portsScript, serverScript } from "./server-script.ts";

/** Milliseconds in which servers must listen; they take some 10 ms, on emulated machines of a busy host 15 s. */
const listenTimeoutMs = 60_000;

/** A place and what shall listen there. */
export interface PlacedServers {
  readonly executor: Executor;
  readonly plan: ServerPlan;
}

/** Starts everything that the probes' targets need to answer, and returns when all listen. */
export async function startServers(
  probes: readonly Probe[],
  places: Places,
  scope: Scope,
  ports: HttpPorts = defaultHttpPorts,
): Promise<void> {
  const groups = byEndpoint(probes, (probe) => probe.path.target);
  const placed = groups.map(({ endpoint, values }) => {
    const plan = { ...serversFor(values, ports), name: endpoint.pod ?? endpoint.node };
    return { executor: executorAt(places, endpoint), plan };
  });
  await startServersAt(placed, scope);
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
  return [...new Set(onHosts.map(({ dials, hostAddress = dials }) => hostAddress))];
}

/** Starts servers in many places, one shell for places of one host, and returns when they listen, on IPv4 and IPv6. */
export async function startServersAt(
  placed: readonly PlacedServers[],
  scope: Scope,
  timeoutMs: number = listenTimeoutMs,
): Promise<void> {
  const wanted = placed.filter(({ plan }) => portsOf(plan).length > 0);
  const spawned = await spawnEverywhere(
    wanted.map(({ executor, plan }, index) => ({ executor, script: serverScript(plan, index) })),
    scope,
  );
  const said = await settleAll(
    spawned.map(({ running }, index) =>
      running
        .waitForLine(new RegExp(`^${index} (ready|taken|ended \\d+)$`), timeoutMs)
        .catch((error: unknown) => messageOf(error)),
    ),
  );
  const late = said.findIndex((word, index) => word !== `${index} ready`);
  const servers = wanted[late];
  if (servers === undefined) return;
  const problem =
    said[late] === `${late} taken`
      ? `one of these ports is in use: ${listed(servers.plan)}`
      : await lateness(servers, timeoutMs);
  const result = await spawned[late]?.running.stop("SIGTERM");
  throw new LabError(problem, {
    where: servers.executor.where,
    tail: result?.stderr ?? "",
    fix: "Install iperf3 and perl there, and free these ports: another check of this lab may be running.",
  });
}

async function lateness({ executor, plan }: PlacedServers, timeoutMs: number): Promise<string> {
  const open = await openPorts(executor).catch(() => new Set<string>());
  const closed = portsOf(plan).filter((port) => !open.has(port));
  return `waited ${timeoutMs / 1000} s for servers on ${executor.where} to listen; last seen: nothing on ${words(closed)}`;
}

/** Ports on which somebody waits, as "tcp/8080". */
export async function openPorts(executor: Executor): Promise<ReadonlySet<string>> {
  return new Set((await runScript(executor, portsScript)).stdout.split("\n").filter((line) => line !== ""));
}

function words(ports: readonly string[]): string {
  return ports.map((port) => port.replace("tcp/", "TCP ").replace("udp/", "UDP ")).join(", ");
}

/** "TCP 8080, 10001, UDP 8080" */
function listed(plan: ServerPlan): string {
  return words(portsOf(plan)).replaceAll(/, TCP /g, ", ");
}
