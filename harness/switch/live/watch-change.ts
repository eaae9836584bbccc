import { join } from "node:path";
import type { CaptureFile } from "../../capture/capture.ts";
import { startCapture } from "../../capture/session.ts";
import { systemClock } from "../../core/clock.ts";
import { HarnessError, InterruptedError, formatError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import type { Network } from "../../dataplane/dataplane.ts";
import { tapsOf } from "../../encap/taps.ts";
import { everybody } from "../../lab/everybody.ts";
import { placesOf } from "../../probe/places.ts";
import { defaultHttpPorts } from "../../probe/probe-command.ts";
import { probeTraffic } from "../../probe/probe-traffic.ts";
import type { KernelEvent } from "../kernel-events.ts";
import { Moments } from "../moments.ts";
import type { Stream } from "../stream.ts";
import { watchKernels } from "./kernel-monitor.ts";
import { clockNow as now, readClocks } from "./read-clocks.ts";
import type { StreamReport } from "./stream-client.ts";
import { startTraffic } from "./traffic.ts";

/** Milliseconds between two packets of a stream: as many as make a gap readable to the hundredth of a second, or what emulated machines carry. */
const intervals = { usual: 10, slow: 50 } as const;

/** Milliseconds of traffic before the change, after its end, and for the last packets to arrive when the senders have stopped. */
const times = { before: 600, after: 1000, drain: 200 } as const;

/** Bytes kept of each packet: outer and inner headers of IPv6 with the token behind them. */
const snaplen = 192;

/** Packets per node after which a capture ends by itself: some 400 MB at the snaplen, minutes of all streams. */
const maxPackets = 2_000_000;

/** A change, and what to watch it with. */
export interface Watching {
  readonly network: Network;
  readonly streams: readonly Stream[];
  /** Folder for the captures. */
  readonly folder: string;
  readonly captureBufferKiB: number;
  /** Makes the change and returns when it is made everywhere. */
  readonly change: () => Promise<Network>;
}

/** What was seen of a change. */
export interface Watched {
  readonly moments: Moments;
  readonly intervalMs: number;
  /** Missing where the change failed. */
  readonly network?: Network;
  /** Why it failed. */
  readonly trouble?: string;
  readonly reports: ReadonlyMap<Stream, StreamReport>;
  readonly kernels: ReadonlyMap<string, readonly KernelEvent[]>;
  readonly captures: readonly CaptureFile[];
  /** Seconds by which each node's clock is ahead of this host's. */
  readonly clocks: ReadonlyMap<string, number>;
}

/** Names and times the stages of a piece of work. */
export type Stage = <T>(name: string, work: () => Promise<T>, note?: (result: T) => string) => Promise<T>;

/** Makes a change while all streams run and every tap listens. A change that fails is a result; an interrupt passes. */
export async function watchChange(watching: Watching, stage: Stage, scope: Scope): Promise<Watched> {
  const { network, streams, captureBufferKiB } = watching;
  const { lab } = network;
  const intervalMs = lab.slow === true ? intervals.slow : intervals.usual;
  const places = placesOf(network);
  const options = { folder: join(watching.folder), snaplen, bufferKiB: captureBufferKiB, maxPackets };
  const session = await stage("capture", () => startCapture(captureTargets(network), options, scope));
  const [traffic, kernels] = await stage(
    "traffic",
    () =>
      Promise.all([startTraffic(streams, places, intervalMs, defaultHttpPorts, scope), watchKernels(lab.nodes, scope)]),
    () => `${streams.length} streams, a packet of each every ${intervalMs} ms`,
  );
  const start = now();
  const [clocks] = await stage("before", () =>
    Promise.all([readClocks(everybody(lab)), systemClock.sleep(times.before)]),
  );
  const change = now();
  const changed = await stage("change", () => attempt(watching.change), describeChange);
  await stage("after", () => systemClock.sleep(times.after));
  // Answers to a sender that has ended are refused: nothing from here on says anything of the network.
  const moments = new Moments(start, change, now());
  const reports = await stage("senders", () => traffic.stop());
  await systemClock.sleep(times.drain);
  const [captures, events] = await stage("collect", () => Promise.all([session.stop(), kernels.stop()]));
  return { moments, intervalMs, ...changed, reports, kernels: events, captures, clocks };
}

type Changed = Pick<Watched, "network" | "trouble">;

async function attempt(change: () => Promise<Network>): Promise<Changed> {
  try {
    return { network: await change() };
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof HarnessError)) throw error;
    return { trouble: formatError(error) };
  }
}

function describeChange({ network, trouble }: Changed): string {
  return trouble?.split("\n")[0] ?? `converged in ${((network?.convergence.totalMs ?? 0) / 1000).toFixed(2)} s`;
}

function captureTargets({ lab, identities }: Network): Parameters<typeof startCapture>[0] {
  const taps = tapsOf(lab.plan, identities);
  return everybody(lab).map(({ name, executor }) => ({
    node: name,
    executor,
    devices: taps.filter((tap) => tap.node === name).map(({ device }) => device),
    ...(lab.shared === true ? { filter: probeTraffic } : {}),
  }));
}
