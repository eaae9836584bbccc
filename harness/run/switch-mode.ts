import { join, relative } from "node:path";
import { fileWord } from "../core/file-word.ts";
import { withScope, type Scope } from "../core/scope.ts";
import { compareFacts } from "../dataplane/compare.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { managementDevice } from "../dataplane/standalone/management.ts";
import { expectPath } from "../encap/expect.ts";
import type { Mode } from "../encap/mode.ts";
import type { Path } from "../encap/path.ts";
import { tapsOf, underlayTaps } from "../encap/taps.ts";
import { podMtu } from "../encap/tunnel.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { leftBehind } from "../switch/left-behind.ts";
import { clocksOnWire } from "../switch/live/clocks-on-wire.ts";
import { readStreams } from "../switch/live/read-streams.ts";
import { saveStrays } from "../switch/live/save-strays.ts";
import { watchChange, type Watched } from "../switch/live/watch-change.ts";
import { departuresOf, streamRecord, type WatchedStream } from "../switch/make-record.ts";
import { nodeTurns } from "../switch/node-turns.ts";
import { planStreams } from "../switch/plan-streams.ts";
import { eventInWords } from "../switch/switch-event.ts";
import { pathWithoutMode, type Stream } from "../switch/stream.ts";
import type { SwitchRecord } from "../switch/switch-record.ts";
import type { BornFacts } from "./born-facts.ts";
import { happen, planThen, type Happening } from "./happen.ts";
import { pathsFor } from "./paths.ts";
import type { Phases } from "./phases.ts";
import { removeCaptures, wholeCaptures } from "./whole-captures.ts";
import type { OpenRun } from "./services.ts";

/** One change on a lab that is up. */
export interface Change extends Happening {
  readonly network: Network;
  /** Name of the scenario that judges the new mode. */
  readonly variant?: string;
  /** Labs born in the new mode to compare with; missing = none can stand beside this one, or none is wanted. */
  readonly born?: BornFacts;
  readonly notCompared?: string;
}

/** Changes the mode of a lab while traffic goes on; returns what that did, and the network as it is then. */
export async function switchMode(
  run: OpenRun,
  change: Change,
  phases: Phases,
  scope: Scope,
): Promise<{ readonly record: SwitchRecord; readonly network: Network }> {
  const { order, services } = run;
  const { network, to } = change;
  const name = change.variant ?? "switch";
  const folder = wholeCaptures(order.folder, name);
  const { plan } = network.lab;
  const expectations = pathsFor(network.mode, { ...order, plan }).map((path) =>
    expectPath(plan, network.mode, network.identities, path),
  );
  const streams = planStreams(expectations, `${order.id}-switch-${change.variant ?? ""}`);
  const watching = {
    network,
    streams,
    folder,
    captureBufferKiB: order.captureBufferKiB,
    change: () => happen(services.dataplane, network, change, scope),
  };
  const seen = await withScope((inner) =>
    watchChange(watching, (name, work, note) => phases.run(name, work, note), inner),
  );
  const watched = { ...seen, clocks: await clocksOf(network, streams, seen) };
  const planned = { ...(change.whole ?? network.lab), plan: planThen(network, change) };
  const after = watched.network ?? (await services.dataplane.attach(to, planned));
  const pairs = streams.flatMap((stream): readonly WatchedStream[] => {
    const before = expectations.find(({ path }) => path === stream.path);
    return before === undefined
      ? []
      : [{ stream, before, after: expectPath(after.lab.plan, to, after.identities, inMode(stream.path, to)) }];
  });
  const strays = join("pcaps", `switch-${fileWord(name)}`);
  const record = await phases.run("figures", () => recordOf(change, after, watched, pairs, [order.folder, strays]));
  await removeCaptures(order.folder, name);
  const compared = await phases.run("left behind", () => compare(run, change, after));
  return { record: { ...record, ...compared }, network: after };
}

/** Namespaces share this host's clock; of others what they were asked is checked by their packets. */
async function clocksOf(
  { lab }: Network,
  streams: readonly Stream[],
  { captures, clocks }: Watched,
): Promise<Watched["clocks"]> {
  if (lab.hostFiles === true) return clocks;
  const routers = new Set(lab.routers.map(({ name }) => name));
  return clocksOnWire(streams, captures, { routers, clocks, vxlanPorts: [vxlanPort] });
}

function inMode(path: Path, mode: Mode): Path {
  return { ...path, id: `${mode.id}/${pathWithoutMode(path.id)}`, mode: mode.id };
}

async function recordOf(
  { network, to, variant, event }: Change,
  after: Network,
  watched: Watched,
  pairs: readonly WatchedStream[],
  [runFolder, strayFolder]: readonly [string, string],
): Promise<SwitchRecord> {
  const { moments, captures, reports, kernels, intervalMs, trouble } = watched;
  const { plan } = network.lab;
  const taps = tapsOf(plan, network.identities);
  const underlay = underlayTaps(plan, network.identities);
  const { heard, doubts } = await readStreams(pairs, captures, taps, underlay, {
    vxlanPorts: [vxlanPort],
    until: moments.end,
    clocks: watched.clocks,
  });
  const judged = pairs.map((pair, index) => {
    const own = heard[index];
    if (own === undefined) throw new RangeError(`stream ${index} was not read`);
    return { pair, stream: streamRecord(pair, own, reports.get(pair.stream), moments) };
  });
  const strays = await saveStrays(
    judged.map(({ stream }) => stream),
    captures,
    { folder: join(runFolder, strayFolder), moments, clocks: watched.clocks, addresses: endsOf(network, after) },
  );
  const departures = judged.flatMap(({ pair, stream }) => departuresOf(pair, stream));
  return {
    from: network.mode.id,
    to: to.id,
    ...(event === undefined ? {} : { event, happened: eventInWords(event === "join" ? after.lab.plan : plan, event) }),
    ...(variant === undefined ? {} : { variant }),
    startedAt: new Date(moments.change * 1000).toISOString(),
    steps: watched.network?.convergence.steps ?? [],
    ...(watched.network === undefined ? {} : { convergedMs: watched.network.convergence.totalMs }),
    ...(trouble === undefined ? {} : { trouble }),
    fromMs: moments.ms(moments.start),
    untilMs: moments.ms(moments.end),
    intervalMs,
    streams: judged.map(({ stream }) => stream),
    nodes: nodeTurns(
      after.lab.nodes.map(({ name }) => name),
      departures,
      inOneTime(kernels, watched.clocks),
      moments,
    ),
    podMtu: { running: await runningMtus(after), fresh: podMtu(after.lab.plan, to) },
    capture: {
      packets: captures.reduce((sum, capture) => sum + capture.captured, 0),
      droppedByKernel: captures.reduce((sum, capture) => sum + capture.droppedByKernel, 0),
      taps: taps.length,
      doubts,
      ...(strays.length === 0 ? {} : { strays: strays.map((file) => relative(runFolder, file)) }),
    },
  };
}

/** Addresses of all pods, nodes and tunnels, before and after. */
function endsOf(...networks: readonly Network[]): ReadonlySet<string> {
  return new Set(
    networks.flatMap(({ identities: { nodes, pods } }) => [
      ...nodes.flatMap(({ addresses, tunnelAddresses }) => [
        ...Object.values(addresses),
        ...Object.values(tunnelAddresses),
      ]),
      ...pods.flatMap(({ addresses }) => Object.values(addresses)),
    ]),
  );
}

/** Events of all kernels by this host's clock. */
function inOneTime(kernels: Watched["kernels"], clocks: Watched["clocks"]): Watched["kernels"] {
  return new Map(
    [...kernels].map(([node, events]) => {
      const ahead = clocks.get(node) ?? 0;
      return [node, events.map((event) => ({ ...event, at: event.at - ahead }))] as const;
    }),
  );
}

/** The MTUs that the pods' devices have now, each once. */
async function runningMtus({ pods }: Network): Promise<readonly number[]> {
  const answers = await runEverywhere(pods.map(({ executor }) => ({ executor, script: "ip -o link show eth0" })));
  const mtus = answers.flatMap(({ stdout }) => Number(/ mtu (\d+)/.exec(stdout)?.[1] ?? []));
  return [...new Set(mtus)].toSorted((a, b) => a - b);
}

async function compare(
  { services }: OpenRun,
  { born, notCompared, to }: Change,
  after: Network,
): Promise<Pick<SwitchRecord, "leftBehind" | "notCompared">> {
  if (born === undefined) return notCompared === undefined ? {} : { notCompared };
  const [facts, other] = await Promise.all([services.dataplane.facts(after), born.of(to, after.lab.plan)]);
  const differences = compareFacts({ facts, identities: after.identities }, other, [managementDevice]);
  return { leftBehind: leftBehind(differences) };
}
