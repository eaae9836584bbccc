import type { Scope } from "../core/scope.ts";
import type { Network, RunningPod } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { localities, type Locality } from "../encap/path.ts";
import { underlayWay } from "../encap/underlay-way.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { wireguardDevice } from "../encap/wireguard.ts";
import type { Executor } from "../exec/executor.ts";
import { executorAt } from "../probe/places.ts";
import { routePastTunnel } from "./plain-twin.ts";
import type { PathClass, SideName } from "./sample.ts";

/** From where to where one side of a comparison is measured. */
export interface Side {
  readonly name: SideName;
  readonly client: Executor;
  readonly server: Executor;
  /** Address at which the client finds the server. */
  readonly address: string;
}

/** A kind of path as it is measured in one lab. */
export interface MeasuredClass extends PathClass {
  readonly sides: readonly Side[];
  readonly clientNode: Executor;
  readonly serverNode: Executor;
  /** Missing in modes without one. */
  readonly tunnel?: string;
  /** Why there is no plain side. */
  readonly noTwin?: string;
}

/** The paths to measure, of each family one for each locality on the wire, nearest first; within the node only where there is no other. */
export function measuredPaths(expectations: readonly PathExpectation[]): readonly PathExpectation[] {
  const families = [...new Set(expectations.map(({ path }) => path.family))].sort();
  const found = families.flatMap((family) => {
    const own = expectations.filter(({ path }) => path.family === family);
    return localities.flatMap((locality) => deliveredPodPath(own, locality) ?? []);
  });
  const onTheWire = found.filter(({ path }) => path.locality !== "same-node");
  return onTheWire.length > 0 ? onTheWire : found;
}

/** The sides of one path in a lab that is up: its own pods, the nodes below them, and other pods of these past the tunnel. */
export async function openSides(
  network: Network,
  expectation: PathExpectation,
  compared: "plain" | "self",
  scope: Scope,
): Promise<MeasuredClass> {
  const { path, dials, forward } = expectation;
  const places = { pods: network.pods, nodes: network.lab.nodes };
  const [client, server] = [executorAt(places, path.source), executorAt(places, path.target)];
  const nodes = [path.source.node, path.target.node] as const;
  const [clientNode, serverNode] = [executorAt(places, { node: nodes[0] }), executorAt(places, { node: nodes[1] })];
  const own = { client, server, address: dials };
  const tunnel =
    forward.underlay === "wireguard" ? wireguardDevice(path.family) : tunnelDevice(network.mode, path.family);
  const host = hostSide(network, expectation, [clientNode, serverNode]);
  const twin = compared === "self" ? { name: "self" as const, ...own } : await twinSide(network, expectation, scope);
  return {
    locality: path.locality,
    family: path.family,
    form: forward.underlay,
    sides: [
      { name: "mode", ...own },
      { name: "again", ...own },
      ...(typeof twin === "string" ? [] : [twin]),
      ...(host === undefined ? [] : [host]),
    ],
    clientNode,
    serverNode,
    ...(tunnel === undefined ? {} : { tunnel }),
    ...(typeof twin === "string" ? { noTwin: twin } : {}),
  };
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

function hostSide(
  network: Network,
  { path }: PathExpectation,
  [client, server]: readonly [Executor, Executor],
): Side | undefined {
  if (path.locality === "same-node" || plainEnd(network, path) !== undefined) return undefined;
  const address = network.identities.nodes.find(({ name }) => name === path.target.node)?.addresses[path.family];
  return address === undefined ? undefined : { name: "host", client, server, address };
}

/** Addresses of the pods between which plain packets are sent on purpose while costs are measured. */
export function plainTwins(
  network: Network,
  expectations: readonly PathExpectation[],
): readonly (readonly [string, string])[] {
  return measuredPaths(expectations).flatMap(({ path }) => {
    const ends = [path.source, path.target].flatMap((end) => secondPod(network, end) ?? []);
    const [from, to] = ends.map(({ name }) => addressOf(network, name, path.family));
    return from === undefined || to === undefined ? [] : [[from, to] as const];
  });
}

function addressOf({ identities }: Network, name: string, family: PathExpectation["path"]["family"]): string {
  return identities.pods.find((pod) => pod.name === name)?.addresses[family] ?? "";
}

/** The plain side, or why there is none. */
async function twinSide(network: Network, { path, forward }: PathExpectation, scope: Scope): Promise<Side | string> {
  const { lab } = network;
  if (forward.underlay === "none") return "the path never leaves the node";
  if (lab.borrowed === true) return "routes of machines that exist are left alone";
  const end = plainEnd(network, path);
  if (end !== undefined) return `no plain packets get there: ${end}`;
  const [client, server] = [secondPod(network, path.source), secondPod(network, path.target)];
  if (client === undefined || server === undefined) return "the nodes have no second pod";
  const ends = [client, server].map(({ name, node }) => ({ node, address: addressOf(network, name, path.family) }));
  const [from, to] = ends;
  if (from === undefined || to === undefined) return "the nodes have no second pod";
  await routePastTunnel(lab, path.family, [from, to], scope);
  return { name: "plain", client: client.executor, server: server.executor, address: to.address };
}

/** Why plain packets between the nodes of a path do not arrive, a firewall say; undefined where they do. */
function plainEnd({ lab: { plan } }: Network, { family, source, target }: PathExpectation["path"]): string | undefined {
  const [from, to] = [source, target].map((end) => plan.nodes.find(({ name }) => name === end.node));
  if (from === undefined || to === undefined) return undefined;
  return underlayWay(plan, family, from, to, { onlink: false }).dies?.because;
}

function secondPod({ pods }: Network, { node, pod }: { node: string; pod?: string }): RunningPod | undefined {
  return pods.find((candidate) => candidate.node === node && candidate.name !== pod);
}
