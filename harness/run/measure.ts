import { LabError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { localities, type Locality } from "../encap/path.ts";
import { readConditions } from "../probe/offloads.ts";
import { executorAt } from "../probe/places.ts";
import { measureThroughput, type ThroughputPair } from "../probe/throughput.ts";
import { summarize } from "../stats/summarize.ts";
import type { Measurement } from "./record.ts";
import { placesOf } from "./wire.ts";

/** Samples per kind of path and their length: enough for a range, not for a statement; hence "indicative". */
const sampling = { samples: 3, seconds: 1 };

/**
 * Throughput of one path per locality on the wire, capture off, interleaved, beside the same wires without pods: from host to host
 * across the farthest locality there is. Throws a LabError when a sample fails, because there is nothing to report then.
 */
export async function measureScenario(
  network: Network,
  expectations: readonly PathExpectation[],
  kernel: string,
  scope: Scope,
): Promise<readonly Measurement[]> {
  const pairs = [...podPairs(network, expectations), ...hostPair(network, expectations)];
  if (pairs.length === 0) return [];
  const results = await measureThroughput(pairs, sampling, scope);
  const failures = results.flatMap((result) => result.failures.map((failure) => `${result.id}: ${failure}`));
  if (failures.length > 0) throw new LabError(`throughput could not be measured: ${failures.join("; ")}`);
  const conditions = await conditionsOf(network, expectations, kernel);
  return results.map(({ id, gbitPerSecond, retransmits }) => {
    const { median, min, max } = summarize(gbitPerSecond);
    return {
      id: `${network.mode.id}/throughput/${id}`,
      what: "throughput",
      mode: network.mode.id,
      unit: "Gbit/s",
      samples: gbitPerSecond,
      median,
      min,
      max,
      indicative: true,
      conditions: { ...conditions, retransmits: retransmits.join(", ") },
    };
  });
}

function podPairs(network: Network, expectations: readonly PathExpectation[]): readonly ThroughputPair[] {
  const pairs = localities.flatMap((locality) => {
    const expectation = deliveredPodPath(expectations, locality);
    return expectation === undefined ? [] : [pairOf(network, locality, expectation)];
  });
  // The path within a node never meets the wire: seconds well spent only where there is no other.
  const onTheWire = pairs.filter(({ id }) => id !== "same-node");
  return onTheWire.length > 0 ? onTheWire : pairs;
}

function pairOf(network: Network, id: string, { path, dials }: PathExpectation): ThroughputPair {
  const places = placesOf(network);
  return { id, client: executorAt(places, path.source), server: executorAt(places, path.target), address: dials };
}

function hostPair(network: Network, expectations: readonly PathExpectation[]): readonly ThroughputPair[] {
  const farthest = [...localities].reverse().find((locality) => ofLocality(expectations, locality) !== undefined);
  if (farthest === undefined || farthest === "same-node") return [];
  const path = ofLocality(expectations, farthest)?.path;
  const target = network.identities.nodes.find(({ name }) => name === path?.target.node);
  const address = path === undefined ? undefined : target?.addresses[path.family];
  if (path === undefined || address === undefined) return [];
  const places = placesOf(network);
  const client = executorAt(places, { node: path.source.node });
  const server = executorAt(places, { node: path.target.node });
  return [{ id: `host-to-host ${farthest}`, client, server, address }];
}

function ofLocality(expectations: readonly PathExpectation[], locality: Locality): PathExpectation | undefined {
  return expectations.find(({ path }) => path.traffic === "pod-to-pod" && path.locality === locality);
}

function deliveredPodPath(expectations: readonly PathExpectation[], locality: Locality): PathExpectation | undefined {
  return expectations.find(
    ({ path, forward, reverse, skip }) =>
      path.traffic === "pod-to-pod" &&
      path.locality === locality &&
      skip === undefined &&
      forward.dies === undefined &&
      reverse?.dies === undefined,
  );
}

async function conditionsOf(
  network: Network,
  expectations: readonly PathExpectation[],
  kernel: string,
): Promise<Readonly<Record<string, string>>> {
  const [node] = network.lab.nodes;
  const [identity] = network.identities.nodes;
  const devices =
    node === undefined || identity === undefined ? [] : await readConditions(node.executor, [identity.uplink]);
  const uplinks = devices.map(({ device, mtu, offloads }): readonly [string, string] => [
    device,
    `MTU ${mtu ?? "?"}, ${offloads.join(", ") || "none"} on`,
  ]);
  return {
    capture: "off",
    "pod MTU": String(expectations[0]?.podMtu ?? ""),
    kernel,
    ...Object.fromEntries(uplinks),
    sample: `${sampling.seconds} s, interleaved over the paths`,
  };
}
