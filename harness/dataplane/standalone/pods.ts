import { LabError } from "../../core/errors.ts";
import { poll } from "../../core/poll.ts";
import { wireguardMtu } from "../../encap/tunnel.ts";
import { isEncrypted } from "../../encap/wireguard.ts";
import { encrypts } from "../../topology/allocate.ts";
import type { Plan, PodAllocation } from "../../topology/plan.ts";
import { poolOfPod } from "../../topology/pool-of.ts";
import type { Family } from "../../topology/topology.ts";
import type { LabNode } from "../../lab/lab.ts";
import { runScript } from "../../exec/script.ts";
import { nodeCommand, type NodeCalico } from "./node-command.ts";
import { etcdEndpoint } from "./management.ts";
import { assertNoCrashLoop } from "./restarts.ts";
import { networkName } from "./resources.ts";
import { podNamespace } from "../namespace-pod.ts";

/** Milliseconds until Felix has found the MTU of the node, and for one call of the plugin. */
const mtuTimeoutMs = 30_000;
const pluginTimeoutMs = 60_000;

/** Makes the pods of a node, one after the other, by Calico's own CNI plugin: namespace, veth, address, endpoint. */
export async function makePods(node: LabNode, calico: NodeCalico, pods: readonly PodAllocation[]): Promise<void> {
  if (pods.length === 0) return;
  await waitForMtu(node, calico);
  for (const pod of pods) await addPod(node, calico, pod);
}

/** Removes the namespaces of a node's pods, their veths with them; the datastore goes with the lab. Idempotent. */
export async function removePods(node: LabNode, pods: readonly PodAllocation[]): Promise<void> {
  const names = pods.map(({ pod }) => podNamespace(node, pod));
  await runScript(node.executor, names.map((name) => `[ ! -e /run/netns/${name} ] || ip netns del ${name}`).join("\n"));
}

/**
 * The plugin takes the veth's name from the container's id: with the digits of the planned name as id, pods have the
 * devices that Kubernetes would give them.
 */
function containerId({ hostDevice }: PodAllocation): string {
  return hostDevice.replace(/^cali/, "");
}

/** The plugin reads the pods' MTU from a file that Felix writes, once it has looked at the node's devices. */
async function waitForMtu({ executor }: LabNode, { folder, patience }: NodeCalico): Promise<void> {
  await poll(
    async () => {
      const { exitCode, stdout } = await executor.tryRun(["cat", `${folder}/lib/mtu`]);
      const done = exitCode === 0 && stdout.trim() !== "";
      if (!done) await assertNoCrashLoop(executor, folder);
      return done ? { done, value: undefined } : { done: false, seen: "no file /var/lib/calico/mtu" };
    },
    {
      what: "Felix to report the MTU of pods",
      timeoutMs: mtuTimeoutMs * patience,
      intervalMs: 30 * patience,
      where: executor.where,
    },
  );
}

async function addPod(node: LabNode, calico: NodeCalico, pod: PodAllocation): Promise<void> {
  const { executor } = node;
  const namespace = podNamespace(node, pod.pod);
  await runScript(executor, `ip netns add ${namespace}\nip -n ${namespace} link set lo up`);
  const { cniPlugin } = calico.files;
  const environment = [
    "CNI_COMMAND=ADD",
    `CNI_CONTAINERID=${containerId(pod)}`,
    `CNI_NETNS=/run/netns/${namespace}`,
    "CNI_IFNAME=eth0",
    `CNI_PATH=${calico.folder}/bin`,
  ];
  const argv = nodeCommand(calico, ["env", ...environment, cniPlugin]);
  const result = await executor.tryRun(argv, {
    input: cniConfig(calico, pod.pod),
    timeoutMs: pluginTimeoutMs * calico.patience,
  });
  if (result.exitCode === 0) return;
  throw new LabError(`Calico's CNI plugin could not make pod ${pod.pod}`, {
    where: executor.where,
    tail: [result.stdout, result.stderr].join("\n").trim().split("\n").slice(-12).join("\n"),
  });
}

/**
 * A node that cannot encrypt gives its pods WireGuard's MTU all the same, since FelixConfiguration asks for it (felix int_dataplane.go
 * determinePodMTU). Here it is kept out by a configuration of its own, which would raise that: so the plugin is told.
 */
function mtuOf(plan: Plan, node: string): { readonly mtu?: number } {
  if (!isEncrypted(plan) || encrypts(plan.topology, node)) return {};
  const { tunnelMtu = Infinity } = plan.topology;
  return { mtu: Math.min(tunnelMtu, ...plan.families.map((family) => wireguardMtu(plan, family))) };
}

/** What a container runtime would give the plugin on standard input, with the pools that name the pod. */
export function cniConfig({ node, plan, folder }: NodeCalico, pod: string): string {
  const named = (family: Family): readonly string[] =>
    plan.topology.pools.some((pool) => pool.family === family && pool.pods !== undefined)
      ? [poolOfPod(plan.topology, node, pod, family)?.cidr ?? []].flat()
      : [];
  const pools = { ipv4_pools: named(4), ipv6_pools: named(6) };
  return JSON.stringify({
    name: networkName,
    cniVersion: "0.3.1",
    type: "calico",
    datastore_type: "etcdv3",
    etcd_endpoints: etcdEndpoint,
    nodename: node,
    log_level: "info",
    log_file_path: `${folder}/cni.log`,
    ...mtuOf(plan, node),
    ipam: {
      type: "calico-ipam",
      assign_ipv4: String(plan.families.includes(4)),
      assign_ipv6: String(plan.families.includes(6)),
      ...Object.fromEntries(Object.entries(pools).filter(([, cidrs]) => cidrs.length > 0)),
    },
  });
}
