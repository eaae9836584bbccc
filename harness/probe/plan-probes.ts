import { packetsFor, packetsForOne, roundTripLoss } from "../encap/declared-loss.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { FlowEnds, Probe, ProbeKind, Token } from "./probe.ts";
import { defaultHttpPorts } from "./probe-command.ts";
import { planShared } from "./plan-shared.ts";
import { whereTo } from "./where-to.ts";
import { tokenSource, type TokenSource } from "./token.ts";
import { sweepOf } from "./further-sweeps.ts";
import { mustDie, sampledPaths, type SampledPaths } from "./sampled-paths.ts";
import { planDatagrams } from "./udp/plan-datagrams.ts";
import { planSizeSweep, sizeSweepSteps } from "./udp/plan-size-sweep.ts";

/** What shall be sent along the paths. */
export interface ProbePlanOptions {
  /** Run id and mode: tokens are unique within it. */
  readonly seed: string;
  readonly kinds: ReadonlySet<ProbeKind>;
  /** Echo requests per path; default 5. */
  readonly pings?: number;
  /** Bytes of each bulk flow; default 128 KiB: some 90 full packets, or a few GSO frames. */
  readonly bulkBytes?: number;
  /**
   * mtu probes on every pod-to-pod path, or on one per source node and locality (default); sweeps on one of every kind of path from each node, or
   * on one of every kind (default).
   */
  readonly mtuPaths?: "all" | "sampled";
  /** All paths of the run of which the given ones are a share: samples are taken from them; default: the given ones. */
  readonly whole?: readonly PathExpectation[];
  /** The lab's nodes are slow. */
  readonly slow?: boolean;
}

/** Echo requests along a path that must die: each costs a time-out, and two show that it is no accident. */
const pingsToDie = 2;

/**
 * Chooses the probes of every path, each with a token of its own. Pure and deterministic.
 *
 * A ClusterIP answers on its service's ports only (it exists nowhere but in DNAT rules), so those paths get no ping
 * and no iperf3, but datagrams, curl and a download through the service. Paths that must die get a short ping or one curl, and a datagram.
 */
export function planProbes(expectations: readonly PathExpectation[], options: ProbePlanOptions): readonly Probe[] {
  const tokens = tokenSource(options.seed);
  const sampled = sampledPaths(options.whole ?? expectations, options.mtuPaths ?? "sampled");
  const asked = expectations.filter(({ skip, path }) => skip === undefined && path.client === undefined);
  const first = { pattern: 4 * asked.length, port: 2 * asked.length };
  const shared = planShared(
    asked.filter(({ path }) => path.backends !== undefined),
    tokens,
    first,
  );
  const alone = asked.flatMap((expectation, index) => {
    if (expectation.path.backends !== undefined) return [];
    const planned = [
      ...pingProbe(expectation, options, tokens, index),
      ...curlProbe(expectation, tokens, index),
      ...bulkProbe(expectation, options, tokens, index),
      ...mtuProbe(expectation, sampled, tokens, index),
      ...udpProbe(expectation, options, tokens, index),
      ...sweepProbe(expectation, options, tokens, index, sampled),
    ];
    // TCP finds out about each loss only after a while.
    return lossOf(expectation) > 0 ? planned.map((probe) => ({ ...probe, slow: true as const })) : planned;
  });
  const wanted = [...alone, ...shared].filter(({ kind }) => options.kinds.has(kind));
  return options.slow === true ? wanted.map((probe) => ({ ...probe, slow: true as const })) : wanted;
}

function toClusterIp({ path }: PathExpectation): boolean {
  return path.service !== undefined;
}

function pingProbe(
  expectation: PathExpectation,
  options: ProbePlanOptions,
  tokens: TokenSource,
  index: number,
): readonly Probe[] {
  if (toClusterIp(expectation)) return [];
  const loss = lossOf(expectation);
  const amount = mustDie(expectation) ? packetsForOne(pingsToDie, loss) : packetsFor(options.pings ?? 5, loss);
  const pattern = tokens.pattern(4 * index);
  return [{ ...common(expectation), kind: "ping", token: { kind: "icmp-pattern", pattern }, amount }];
}

function curlProbe(expectation: PathExpectation, tokens: TokenSource, index: number): readonly Probe[] {
  if (mustDie(expectation) && !toClusterIp(expectation)) return [];
  const token = { ...httpToken(tokens, 2 * index), ...endsBehindMasquerade(expectation) };
  return [{ ...common(expectation), kind: "curl", token, amount: 1 }];
}

/** A node that dials a ClusterIP is masqueraded, as its address is not of the pods, and so is a pod that comes to a node by one. */
function endsBehindMasquerade({ path, forward }: PathExpectation): { readonly ends?: FlowEnds } {
  if (path.traffic !== "host-to-clusterip" && path.traffic !== "pod-to-host-service") return {};
  const { sources, destination } = forward;
  return { ends: { sources, destination, port: defaultHttpPorts.direct } };
}

function bulkProbe(
  expectation: PathExpectation,
  options: ProbePlanOptions,
  tokens: TokenSource,
  index: number,
): readonly Probe[] {
  if (mustDie(expectation)) return [];
  const token = toClusterIp(expectation)
    ? httpToken(tokens, 2 * index + 1)
    : ({ kind: "tcp-port", side: "server", port: tokens.serverPort(index) } as const);
  return [{ ...common(expectation), kind: "bulk", token, amount: options.bulkBytes ?? 128 * 1024 }];
}

function mtuProbe(
  expectation: PathExpectation,
  sampled: SampledPaths,
  tokens: TokenSource,
  index: number,
): readonly Probe[] {
  const { path, podMtu, pathMtu = podMtu } = expectation;
  if (!sampled.mtu.has(path.id)) return [];
  const pattern = tokens.pattern(4 * index + 1);
  const amount = 2 * packetsForOne(1, lossOf(expectation));
  return [{ ...common(expectation), kind: "mtu", token: { kind: "icmp-pattern", pattern }, amount, mtu: pathMtu }];
}

/** Through a ClusterIP as well as directly: kube-proxy translates UDP by rules of its own. */
function udpProbe(
  expectation: PathExpectation,
  { seed }: ProbePlanOptions,
  tokens: TokenSource,
  index: number,
): readonly Probe[] {
  const datagrams = planDatagrams(expectation, seed, mustDie(expectation));
  const token = { kind: "udp-pattern", pattern: tokens.pattern(4 * index + 2) } as const;
  return [{ ...common(expectation), kind: "udp", token, amount: datagrams.length, datagrams }];
}

/** Through all sizes, on every kind of path. */
function sweepProbe(
  expectation: PathExpectation,
  { mtuPaths = "sampled" }: ProbePlanOptions,
  tokens: TokenSource,
  index: number,
  sampled: SampledPaths,
): readonly Probe[] {
  if (!sampled.sweep.has(expectation.path.id)) return [];
  return [sweepOf(expectation, planSizeSweep(expectation, sizeSweepSteps[mtuPaths]), tokens.pattern(4 * index + 3))];
}

/** Share of requests that stay unanswered because of what the topology says of the links. */
function lossOf({ forward, reverse }: PathExpectation): number {
  return roundTripLoss(forward.link?.loss ?? 0, reverse?.link?.loss ?? 0);
}

function common(expectation: PathExpectation): Pick<Probe, "path" | "dials" | "dies" | "hostAddress"> {
  return { ...whereTo(expectation), ...(mustDie(expectation) ? { dies: true } : {}) };
}

function httpToken(tokens: TokenSource, index: number): Token {
  return { kind: "tcp-port", side: "client", port: tokens.clientPort(index), mark: tokens.mark(index) };
}
