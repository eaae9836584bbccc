import { createHash } from "node:crypto";
import type { Identities, NodeIdentity, TunnelAddresses } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import { poolIdentities } from "../../encap/pool-mode.ts";
import { tunnelModes } from "../../encap/tunnel.ts";
import { familyOf, withoutPrefix } from "../../topology/address.ts";
import { perFamily } from "../../topology/fill-topology.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { getObjects } from "../../kubernetes/access.ts";
import type { Workloads } from "../../kubernetes/deploy-workloads.ts";
import type { CalicoGroup } from "../../kubernetes/ip-pools.ts";
import type { ClusterPart } from "../../kubernetes/kubernetes-lab.ts";
import { readNodes, type ClusterNode } from "../../kubernetes/node-object.ts";

/** A block of addresses and the node that it belongs to, as `kubectl get blockaffinities -o json` has it. */
export interface AffinityObject {
  readonly spec: {
    readonly cidr: string;
    readonly node: string;
    readonly state: string;
    readonly deleted?: string | boolean;
  };
}

/** Who has which address, as Calico and Kubernetes gave them out. */
export async function readIdentities(
  { access, namespace, nodeNames }: ClusterPart,
  group: CalicoGroup,
  plan: Plan,
  mode: Mode,
  workloads: Workloads,
): Promise<Identities> {
  const [nodes, affinities] = await Promise.all([
    readNodes(access),
    getObjects<AffinityObject>(access, [`blockaffinities.${group}`]),
  ]);
  return identitiesFrom(plan, mode, { nodes, affinities, workloads, namespace, nodeNames });
}

/** What identities are made of. */
export interface IdentitySources {
  readonly nodes: readonly ClusterNode[];
  readonly affinities: readonly AffinityObject[];
  readonly workloads: Workloads;
  readonly namespace: string;
  readonly nodeNames: ClusterPart["nodeNames"];
}

/**
 * The registered prefixes are those of the nodes' own uplinks, as the plan's survey found them, or what the topology's file says instead;
 * never what Calico says, which is judged against them.
 */
export function identitiesFrom(plan: Plan, mode: Mode, sources: IdentitySources): Identities {
  const { workloads, namespace } = sources;
  return {
    nodes: plan.nodes.map((node) => nodeIdentity(plan, mode, node, sources)),
    pods: workloads.pods.map(({ pod, node, addresses, objectName }) => ({
      name: pod,
      node,
      addresses: perFamily(plan.families, (family) => addresses.find((address) => familyOf(address) === family)),
      hostDevice: hostDevice(namespace, objectName),
    })),
    services: workloads.services.map(({ backend, clusterIps, port, targetPort }) => ({
      name: backend,
      backend,
      clusterIps: perFamily(plan.families, (family) => clusterIps.find((address) => familyOf(address) === family)),
      port,
      targetPort,
    })),
    strangers: true,
  };
}

function nodeIdentity(
  plan: Plan,
  mode: Mode,
  planned: PlannedNode,
  { nodes, affinities, nodeNames }: IdentitySources,
): NodeIdentity {
  const name = nodeNames[planned.name] ?? planned.name;
  const node = nodes.find((candidate) => candidate.name === name);
  const own = affinities.filter(
    ({ spec }) => spec.node === name && spec.state === "confirmed" && !isDeleted(spec.deleted),
  );
  const declared = plan.topology.nodes.find((candidate) => candidate.name === planned.name);
  return {
    name: planned.name,
    ...(name === planned.name ? {} : { hostName: name }),
    addresses: perFamily(plan.families, (family) => bare(planned.uplink.addresses[family])),
    registered: perFamily(plan.families, (family) => {
      const { registered, addresses } = declared ?? {};
      const asItIs = registered?.[family] === addresses?.[family];
      return asItIs ? planned.uplink.addresses[family] : registered?.[family];
    }),
    uplink: planned.uplink.device,
    ...poolIdentities(plan),
    blocks: perFamily(plan.families, (family) =>
      own.map(({ spec }) => spec.cidr).filter((cidr) => familyOf(cidr) === family),
    ),
    tunnelAddresses: tunnelAddresses(plan, mode, node),
    otherAddresses: perFamily(plan.families, (family) =>
      (planned.otherAddresses ?? []).filter((address) => familyOf(address) === family).map(withoutPrefix),
    ),
  };
}

function tunnelAddresses(plan: Plan, mode: Mode, node: ClusterNode | undefined): TunnelAddresses {
  const pairs = plan.families.flatMap((family) =>
    tunnelModes(plan, mode, family).flatMap(([device, { encapsulation }]) => {
      const address = encapsulation === "none" ? undefined : bare(node?.tunnels[encapsulation][family]);
      return address === undefined ? [] : [[device, address] as const];
    }),
  );
  return Object.fromEntries(pairs);
}

/** `cali` + 11 hex digits of SHA-1 of "<namespace>.<pod>" (cni-plugin). */
export function hostDevice(namespace: string, pod: string): string {
  return `cali${createHash("sha1").update(`${namespace}.${pod}`).digest("hex").slice(0, 11)}`;
}

function isDeleted(deleted: string | boolean | undefined): boolean {
  return deleted === true || deleted === "true";
}

function bare(address: string | undefined): string | undefined {
  return address === undefined ? undefined : withoutPrefix(address);
}
