import type { CaptureFile, CaptureTarget } from "../capture/capture.ts";
import { startCapture } from "../capture/session.ts";
import type { Scope } from "../core/scope.ts";
import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { expectPath } from "../encap/expect.ts";
import { everybody } from "../lab/everybody.ts";
import { requestOf } from "../encap/nodeport-paths.ts";
import { heartbeatsOf } from "../sentinel/heartbeats.ts";
import { tapsOf } from "../encap/taps.ts";
import { isEncrypted } from "../encap/wireguard.ts";
import { deafFilter, type FaultEffect } from "../fault/fault.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { planProbes } from "../probe/plan-probes.ts";
import { probeTrafficOf } from "../probe/probe-traffic.ts";
import { runAddresses } from "../probe/run-addresses.ts";
import { placesOf, type Places } from "../probe/places.ts";
import type { Probe, ProbeResult } from "../probe/probe.ts";
import { furtherRounds, furtherSweeps } from "../probe/further-sweeps.ts";
import { runProbes, type RunProbesOptions } from "../probe/run-probes.ts";
import { secondLegs } from "../probe/second-legs.ts";
import { startServers } from "../probe/servers.ts";
import type { Guard } from "./guard.ts";
import { heardChecks } from "../verify/heard-checks.ts";
import { captureLimits } from "./capture-limits.ts";
import { readFacts } from "./facts.ts";
import { pathsFor } from "./paths.ts";
import type { Phases } from "./phases.ts";
import type { RunOrder } from "./order.ts";
import type { Questions } from "./suite.ts";
import { wholeCaptures } from "./whole-captures.ts";
import { hostsOf } from "../topology/hosts-of.ts";

/** What emulated machines on few cores carry without losing packets to their own slowness. */
const slowPace = { sources: 12, perSource: 3 };
const slowAmounts = { pings: 3, bulkBytes: 64 * 1024 };

/** What was sent, what the senders reported, and what the wire saw meanwhile. */
export interface Wire {
  readonly probes: readonly Probe[];
  readonly results: readonly ProbeResult[];
  readonly targets: readonly CaptureTarget[];
  readonly captures: readonly CaptureFile[];
  /** What the kernels held just before the first probe. */
  readonly before: DataplaneFacts;
}

/** What is listened to, and for whom. */
export interface Listening {
  readonly order: RunOrder;
  readonly dataplane: Dataplane;
  readonly network: Network;
  readonly expectations: readonly PathExpectation[];
  readonly questions: Questions;
  readonly effect: Partial<FaultEffect>;
  /** Name of the scenario's folders. */
  readonly folder: string;
  /** Missing where nobody watches what no probe asked for. */
  readonly guard?: Guard;
}

/** Captures on every node while all probes of all paths run side by side. */
export async function listenToWire(listening: Listening, phases: Phases, scope: Scope): Promise<Wire> {
  const { order, network, expectations, questions, effect } = listening;
  const targets = captureTargets(network, effect.deafen ?? []);
  const seed = `${order.turn ?? order.id}-${network.mode.id}`;
  const all = withRequests(network, expectations);
  const planned = planProbes(all, {
    seed,
    kinds: questions.probes,
    mtuPaths: order.profile === "quick" ? "sampled" : "all",
    ...wholeOf(listening),
    slow: network.lab.slow === true,
    ...(network.lab.slow === true ? slowAmounts : {}),
  });
  const places = placesOf(network);
  await phases.run("servers", () => startServers(planned, places, scope));
  const options = {
    folder: wholeCaptures(order.folder, listening.folder),
    bufferKiB: order.captureBufferKiB,
    ...captureLimits,
  };
  const session = await phases.run(
    "capture",
    async () => {
      const [started] = await Promise.all([startCapture(targets, options, scope), beginWatch(listening)]);
      return started;
    },
    () => `${tapCount(targets)} taps listening on ${targets.length} nodes`,
  );
  const [before] = await phases.run("capture self-check", () =>
    Promise.all([readFacts(listening.dataplane, network, effect.blind), soundCheck(network)]),
  );
  const sent = await phases.run(
    "probes",
    () => sendAll(planned, { expectations, places, seed, pace: network.lab.slow === true ? slowPace : {} }),
    describeProbes,
  );
  const results = [...sent, ...secondLegs(sent, all)];
  const captures = await phases.run("collect", () => session.stop(), describeCaptures);
  return { probes: results.map(({ probe }) => probe), results, targets, captures, before };
}

/** Second legs of requests to NodePorts are asked about by the requests, be they asked about or not. */
function withRequests(
  { lab, mode, identities }: Network,
  expectations: readonly PathExpectation[],
): readonly PathExpectation[] {
  const known = new Set(expectations.map(({ path }) => path.id));
  const requests = expectations.flatMap(({ path }) => requestOf(path, lab.plan) ?? []);
  const more = requests.filter(({ id }) => !known.has(id));
  return [...expectations, ...more.map((path) => expectPath(lab.plan, mode, identities, path))];
}

interface Sending {
  readonly expectations: readonly PathExpectation[];
  readonly places: Places;
  readonly seed: string;
  readonly pace: RunProbesOptions;
}

/** What was planned and, where sizes are lost, further sweeps that find the borders. */
async function sendAll(planned: readonly Probe[], sending: Sending): Promise<readonly ProbeResult[]> {
  const { expectations, places, seed, pace } = sending;
  let results = await runProbes(planned, places, pace);
  for (const round of furtherRounds)
    results = [...results, ...(await runProbes(furtherSweeps(expectations, results, seed, round), places, pace))];
  return results;
}

/** The paths of all shards, where only one is asked. */
function wholeOf({ order, network }: Listening): { readonly whole?: readonly PathExpectation[] } {
  const { shard, ...all } = order;
  if (shard === undefined) return {};
  const { lab, mode, identities } = network;
  return { whole: pathsFor(mode, all).map((path) => expectPath(lab.plan, mode, identities, path)) };
}

/** The sentinel listens from before the first probe, where a suite asks what it hears. */
async function beginWatch({ questions, guard }: Listening): Promise<void> {
  if (heardChecks.some((heard) => questions.checks.some((check) => check === heard))) await guard?.next();
}

/**
 * Lets every uplink (of external hosts too), further device and router port carry a packet that is nobody's probe: a tap that sees it and nothing of a path can
 * say that the path was silent there. An unanswered ping is no trouble here; the verdicts will tell.
 */
async function soundCheck({ lab }: Network): Promise<void> {
  const hosts = hostsOf(lab.plan);
  const routesOf = new Map(hosts.map(({ name, routes }) => [name, routes]));
  const beside = heartbeatsOf(lab.plan).filter(({ from, device }) =>
    lab.plan.nodes.some(({ name, others = [] }) => name === from && others.some((port) => port.device === device)),
  );
  await runEverywhere(
    hostsOf(lab).map(({ name, executor }) => {
      const defaults = (routesOf.get(name) ?? []).filter(({ destination }) => destination === "default");
      const targets = [
        ...defaults.map(({ via }) => via),
        ...beside.filter(({ from }) => from === name).map(({ device, to }) => `-I ${device} ${to}`),
      ];
      const pings = targets.map((target) => `ping -n -c 1 -W 1 ${target} >/dev/null 2>&1 &`);
      return { executor, script: [...pings, "wait"].join("\n") };
    }),
  );
}

function captureTargets(network: Network, deaf: readonly string[]): readonly CaptureTarget[] {
  const taps = tapsOf(network.lab.plan, network.identities);
  return everybody(network.lab).map(({ name, executor }) => ({
    node: name,
    executor,
    devices: taps.filter((tap) => tap.node === name).map((tap) => tap.device),
    ...filterFor(network, deaf.includes(name)),
  }));
}

/**
 * Nodes of a cluster carry the traffic of its API and of others' pods. What enters a tunnel's device is of use only where it leaves the node
 * encrypted.
 */
function filterFor({ lab, identities }: Network, isDeaf: boolean): Pick<CaptureTarget, "filter" | "tapsOnly"> {
  if (isDeaf) return { filter: deafFilter };
  if (lab.shared === true) return { filter: probeTrafficOf(runAddresses(identities)) };
  return isEncrypted(lab.plan) ? {} : { tapsOnly: true };
}

/** Number of taps that the targets have together. */
export function tapCount(targets: readonly CaptureTarget[]): number {
  return targets.reduce((sum, target) => sum + target.devices.length, 0);
}

function describeProbes(results: readonly ProbeResult[]): string {
  const paths = new Set(results.map(({ probe }) => probe.path.id)).size;
  return `${results.length} probes on ${paths} paths`;
}

function describeCaptures(captures: readonly CaptureFile[]): string {
  const captured = captures.reduce((sum, capture) => sum + capture.captured, 0);
  const dropped = captures.reduce((sum, capture) => sum + capture.droppedByKernel, 0);
  return `${captured} packets captured, ${dropped} dropped by the kernel`;
}
