import { settleAll } from "../../core/settle.ts";
import type { Scope } from "../../core/scope.ts";
import type { RunningCommand } from "../../exec/executor.ts";
import { parsePing } from "../../probe/ping.ts";
import { byEndpoint, executorAt, type Places } from "../../probe/places.ts";
import type { Stream } from "../stream.ts";
import {
  clientSending,
  parseStreamReports,
  streamClientArgv,
  type NumberedStream,
  type StreamPorts,
  type StreamReport,
} from "./stream-client.ts";
import { serverReady, streamServerArgv } from "./stream-server.ts";

/** Milliseconds in which servers and senders must be at work; it takes some 30, on emulated machines of a busy host many. */
const startTimeoutMs = 60_000;

/** Streams that are being sent. */
export interface RunningTraffic {
  /** Ends all senders, then says how each stream fared; a stream whose sender died says nothing. */
  stop(): Promise<ReadonlyMap<Stream, StreamReport>>;
}

/** Starts servers, then all streams, a packet of each every so many milliseconds; returns when all are being sent. */
export async function startTraffic(
  streams: readonly Stream[],
  places: Places,
  intervalMs: number,
  ports: StreamPorts,
  scope: Scope,
): Promise<RunningTraffic> {
  const numbered = streams.map((stream, id) => ({ id, stream }));
  const answered = numbered.filter(({ stream }) => stream.kind !== "ping");
  await settleAll(
    byEndpoint(answered, ({ stream }) => stream.path.target).map(async ({ endpoint }) => {
      const server = await executorAt(places, endpoint).spawn(streamServerArgv(ports.direct), scope);
      await server.waitForLine(serverReady, startTimeoutMs);
    }),
  );
  const pings = numbered.filter(({ stream }) => stream.kind === "ping");
  const clients = byEndpoint(answered, ({ stream }) => stream.path.source);
  const [pinging, sending] = await Promise.all([
    settleAll(
      pings.map(async ({ stream }) => ({
        stream,
        ping: await executorAt(places, stream.path.source).spawn(pingArgv(stream, intervalMs), scope),
      })),
    ),
    settleAll(
      clients.map(async ({ endpoint, values }) => {
        const client = await executorAt(places, endpoint).spawn(streamClientArgv(values, intervalMs, ports), scope);
        await client.waitForLine(clientSending, startTimeoutMs);
        return { values, client };
      }),
    ),
  ]);
  return {
    stop: async () => {
      const reports = await settleAll([
        ...pinging.map(async ({ stream, ping }) => [[stream, await pingReport(ping)] as const]),
        ...sending.map(({ values, client }) => clientReports(values, client)),
      ]);
      return new Map(reports.flat());
    },
  };
}

function pingArgv({ path, pattern = "", dials }: Stream, intervalMs: number): readonly string[] {
  const family = path.family === 6 ? ["-6"] : [];
  return ["ping", ...family, "-n", "-q", "-i", String(intervalMs / 1000), "-p", pattern, dials];
}

async function pingReport(ping: RunningCommand): Promise<StreamReport> {
  const { stdout, stderr } = await ping.stop("SIGINT");
  const { sent, received, errors } = parsePing(`${stdout}\n${stderr}`);
  return { sent, answered: received, errors, slowestMs: 0, waiting: 0 };
}

async function clientReports(
  values: readonly NumberedStream[],
  client: RunningCommand,
): Promise<readonly (readonly [Stream, StreamReport])[]> {
  const reports = parseStreamReports((await client.stop("SIGTERM")).stdout);
  return values.flatMap(({ id, stream }) => {
    const report = reports.get(id);
    return report === undefined ? [] : [[stream, report] as const];
  });
}
