import { LabError } from "../core/errors.ts";
import { byNameOnce } from "../core/once-for.ts";
import type { PerFamily } from "../topology/topology.ts";
import type { Identities, NodeIdentity, PodIdentity } from "./identity.ts";
import type { Endpoint, Path } from "./path.ts";

/** One end of a path with everything known about it. */
export interface Party {
  readonly node: NodeIdentity;
  /** Missing where the host itself is the end. */
  readonly pod?: PodIdentity;
  /** Underlay address of the node or external host. */
  readonly nodeAddress: string;
  /** Address of the pod, or of the node where there is none. */
  readonly address: string;
}

/** Both ends of a path, and the address that the source sends to. */
export interface Parties {
  readonly source: Party;
  readonly target: Party;
  readonly dials: string;
}

const nodesByName = byNameOnce<NodeIdentity>();
const podsByName = byNameOnce<PodIdentity>();
const servicesByName = byNameOnce<Identities["services"][number]>();
const sharedByName = byNameOnce<NonNullable<Identities["shared"]>[number]>();

/** Looks up who is at the ends of a path; LabError where the network names nobody of that name or family. */
export function partiesOf(identities: Identities, path: Path): Parties {
  const source = partyOf(identities, path, path.source);
  const target = partyOf(identities, path, path.target);
  if (path.service === undefined) return { source, target, dials: target.address };
  const { services, shared = [] } = identities;
  const service = path.backends === undefined ? servicesByName(services) : sharedByName(shared);
  return { source, target, dials: known(service.get(path.service)?.clusterIps, path, `service ${path.service}`) };
}

function partyOf(identities: Identities, path: Path, endpoint: Endpoint): Party {
  const { node: name } = endpoint;
  const node = nodesByName(identities.nodes).get(name) ?? identities.external?.find((host) => host.name === name);
  const nodeAddress = known(node?.addresses, path, `node ${endpoint.node}`);
  if (node === undefined) throw unknown(path, `node ${endpoint.node}`);
  if (endpoint.pod === undefined) return { node, nodeAddress, address: nodeAddress };
  const pod = podsByName(identities.pods).get(endpoint.pod);
  if (pod === undefined) throw unknown(path, `pod ${endpoint.pod}`);
  return { node, pod, nodeAddress, address: known(pod.addresses, path, `pod ${pod.name}`) };
}

function known(addresses: PerFamily<string> | undefined, path: Path, whose: string): string {
  const address = addresses?.[path.family];
  if (address === undefined) throw unknown(path, whose);
  return address;
}

function unknown(path: Path, whose: string): LabError {
  return new LabError(`the network has no IPv${path.family} address for ${whose}`, { where: path.id });
}
