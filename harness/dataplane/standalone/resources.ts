import { prefixLength, withoutPrefix } from "../../topology/address.ts";
import { modeToward, poolIdentities } from "../../encap/pool-mode.ts";
import { asOfRack, asOfRouter, defaultAs, hasOwnAs } from "../../topology/autonomous-system.ts";
import { selects } from "../../topology/pool-of.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Pool } from "../../topology/topology.ts";
import type { Mode } from "../../encap/mode.ts";
import { encapsulationOf } from "../../encap/tunnel.ts";
import { isEncrypted } from "../../encap/wireguard.ts";

/** A resource of Calico's v3 API, as `calicoctl get -o json` prints it and `calicoctl apply` takes it. */
export interface CalicoResource {
  readonly apiVersion: "projectcalico.org/v3";
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Name of the CNI network, and so of the profile of all its pods: the plugin makes a profile of this name that admits only
 * pods of the network (cni-plugin/pkg/plugin/plugin.go), unless there is one already.
 */
export const networkName = "encaplab";

/** Everything that a lab's datastore holds before the first node starts. */
export function resourcesFor(plan: Plan, mode: Mode): readonly CalicoResource[] {
  return [
    ...poolsFor(plan, mode),
    openProfile,
    ...nodeResources(plan),
    ...bgpResources(plan),
    ...reflectorResources(plan),
    ...configurationsFor(plan),
  ];
}

/** The IP pools in a mode: what a change of mode changes. */
export function poolsFor(plan: Plan, mode: Mode): readonly CalicoResource[] {
  return plan.topology.pools.flatMap((pool) => poolOf(plan, mode, pool));
}

/** Name of a family's first pool, as Calico's own start-up calls its default ones; others are numbered. */
function poolName({ topology }: Plan, pool: Pool): string {
  const number = topology.pools.filter(({ family }) => family === pool.family).indexOf(pool);
  return number === 0 ? `default-ipv${pool.family}-ippool` : `ipv${pool.family}-ippool-${number + 1}`;
}

/** Label by which pools find the nodes that take from them. */
const nodeLabel = "encaplab-node";

function selectorOf(plan: Plan, pool: Pool): string {
  const { topology } = plan;
  const shared = topology.pools.filter(({ family }) => family === pool.family).length > 1;
  const names = topology.nodes.map(({ name }) => name).filter((name) => selects(topology, pool, name));
  const all = !shared || names.length === topology.nodes.length;
  return all ? "all()" : `${nodeLabel} in { ${names.map((name) => `'${name}'`).join(", ")} }`;
}

function poolOf(plan: Plan, mode: Mode, pool: Pool): CalicoResource[] {
  const { family, cidr, blockSize, natOutgoing = true, allowedUses = ["Workload", "Tunnel"], disabled } = pool;
  if (!plan.families.includes(family)) return [];
  const own = modeToward(mode, poolIdentities(plan), withoutPrefix(cidr));
  const when = (kind: string): string => (encapsulationOf(own, family) === kind ? own.policy : "Never");
  return [
    resource("IPPool", poolName(plan, pool), {
      cidr,
      blockSize: Math.max(blockSize, prefixLength(cidr)),
      ipipMode: when("ipip"),
      vxlanMode: when("vxlan"),
      natOutgoing,
      nodeSelector: selectorOf(plan, pool),
      allowedUses,
      ...(disabled === true ? { disabled } : {}),
    }),
  ];
}

/** Admits everybody, hosts too: a lab judges encapsulation, and a policy that drops would look like a broken path. */
const openProfile: CalicoResource = resource("Profile", networkName, {
  ingress: [{ action: "Allow" }],
  egress: [{ action: "Allow" }],
  labelsToApply: { [networkName]: "" },
});

/**
 * With `fabric: bgp` every router peers with all nodes of its own subnets, beside Calico's node-to-node mesh: calico
 * documents this as peering with the top-of-rack router.
 */
function bgpResources(plan: Plan): readonly CalicoResource[] {
  if (plan.topology.fabric !== "bgp") return [];
  return plan.nodes.flatMap(({ name: node, uplink }) =>
    plan.routers.flatMap((router) =>
      router.ports
        .filter((port) => port.segment === uplink.segment)
        .flatMap((port) =>
          plan.families.flatMap((family) => {
            const peerIP = port.addresses[family]?.split("/")[0];
            if (peerIP === undefined) return [];
            return [
              resource("BGPPeer", `${node}-${router.name}-ipv${family}`, {
                node,
                peerIP,
                asNumber: asOfRouter(plan, router),
              }),
            ];
          }),
        ),
    ),
  );
}

/** Nodes that pools are chosen for, or that reflect routes, are known before they start; start-up adds their addresses. */
function nodeResources({ topology }: Plan): readonly CalicoResource[] {
  const { pools, nodes, reflectors = [] } = topology;
  const labeled = pools.some(({ takers, pods }) => takers !== undefined || pods !== undefined);
  return nodes.flatMap(({ name, subnet }) => {
    const reflects = reflectors.includes(name);
    const numbered = hasOwnAs(topology);
    if (!labeled && !reflects && !numbered) return [];
    const bgp = {
      ...(reflects ? { routeReflectorClusterID: reflectorCluster } : {}),
      ...(numbered ? { asNumber: asOfRack(topology, subnet) } : {}),
    };
    const node = resource("Node", name, Object.keys(bgp).length > 0 ? { bgp } : {});
    const labels = { ...(labeled ? { [nodeLabel]: name } : {}), ...(reflects ? { [reflectorLabel]: "true" } : {}) };
    return [{ ...node, metadata: { name, labels } }];
  });
}

const reflectorLabel = "route-reflector";

/** Cluster of all reflectors, of calico's own example; that they share it keeps routes from going round among them. */
const reflectorCluster = "244.0.0.1";

/**
 * Route reflectors in the place of the mesh, as Calico documents it: reflectors carry a cluster ID and a label, and every node peers with
 * what has the label.
 */
function reflectorResources(plan: Plan): readonly CalicoResource[] {
  const { reflectors } = plan.topology;
  if (reflectors === undefined) return [];
  const peerSelector = `${reflectorLabel} == 'true'`;
  return [resource("BGPPeer", "route-reflectors", { nodeSelector: "all()", peerSelector })];
}

/** What a plan declares for the whole cluster, beside its pools; [] where all is Calico's default. */
export function configurationsFor(plan: Plan): readonly CalicoResource[] {
  const { reflectors, routeOwner, vni, tunnelMtu } = plan.topology;
  const isMesh = reflectors === undefined && !hasOwnAs(plan.topology);
  const mesh = isMesh ? {} : { nodeToNodeMeshEnabled: false, asNumber: defaultAs };
  const ipv6 = plan.families.includes(6) ? { vxlanMTUV6: tunnelMtu } : {};
  const felix = {
    ...(routeOwner === undefined ? {} : { programClusterRoutes: enabledIf(routeOwner === "felix") }),
    ...(vni === undefined ? {} : { vxlanVNI: vni }),
    ...(tunnelMtu === undefined ? {} : { vxlanMTU: tunnelMtu, ...ipv6, ipipMTU: tunnelMtu }),
    ...(isEncrypted(plan) ? encryption(plan, true) : {}),
  };
  const bgp = routeOwner === undefined ? {} : { programClusterRoutes: enabledIf(routeOwner === "bird") };
  const all = [
    resource("FelixConfiguration", "default", felix),
    ...plan.topology.nodes.flatMap(({ name, wireguard }) =>
      wireguard === false ? [resource("FelixConfiguration", `node.${name}`, encryption(plan, false))] : [],
    ),
    resource("BGPConfiguration", "default", { ...mesh, ...bgp }),
  ];
  return all.filter(({ spec }) => Object.keys(spec).length > 0);
}

function encryption({ families }: Plan, enabled: boolean): CalicoResource["spec"] {
  return {
    ...(families.includes(4) ? { wireguardEnabled: enabled } : {}),
    ...(families.includes(6) ? { wireguardEnabledV6: enabled } : {}),
  };
}

function enabledIf(condition: boolean): "Enabled" | "Disabled" {
  return condition ? "Enabled" : "Disabled";
}

function resource(kind: string, name: string, spec: CalicoResource["spec"]): CalicoResource {
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec };
}
