import { hostAddress, prefixLength } from "../../topology/address.ts";
import type { Lab, LabNode, OwnMachines } from "../../lab/lab.ts";
import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import { startServices } from "../process/supervise.ts";

/**
 * Network between the nodes and their datastore, in namespaces of the lab and on wires of its own, so that it is no part of
 * any tested path. Link-local (RFC 3927), hence in no topology's way, and clear of 169.254.1.1, the gateway of Calico's pods.
 */
const managementNetwork = "169.254.64.0/18";

/** The nodes' end. Not among the names that Felix takes for the MTU of pods (MTUIfacePattern), nor of a tapped uplink. */
export const managementDevice = "mgmt0";

/** Port of etcd's clients (IANA). */
export const etcdPort = 2379;

/** Address of the lab's datastore, as every node's Calico is told it. */
export const etcdEndpoint = `http://${hostAddress(managementNetwork, 1)}:${etcdPort}`;

/** The namespace that holds the datastore and the wires' far ends, as an executor; its name can be no node's. */
export function managementExecutor(lab: Lab): Executor {
  if (lab.machines !== undefined) return lab.machines.host;
  const { executor } = firstNode(lab);
  const name = managementNamespace(lab);
  return inNamespace(executor, name, `datastore of the lab (netns ${name})`);
}

/** Makes the place of the datastore: a namespace with a bridge and a wire to each node; machines have their own wires. */
export async function makeManagement(lab: Lab): Promise<void> {
  if (lab.machines !== undefined) return giveAddress(lab.machines.host);
  const name = managementNamespace(lab);
  const prefix = prefixLength(managementNetwork);
  await runScript(
    firstNode(lab).executor,
    `ip netns add ${name}
ip -n ${name} -batch - <<'END'
link set lo up
link add mgmt type bridge stp_state 0 forward_delay 0 mcast_snooping 0
addr add ${hostAddress(managementNetwork, 1)}/${prefix} dev mgmt
link set mgmt up
END`,
  );
  await Promise.all(lab.nodes.map((node) => wireNode(lab, node)));
}

/** Makes the wire between one node of a lab and the place of the datastore. */
export async function wireNode(lab: Lab, node: LabNode): Promise<void> {
  const name = managementNamespace(lab);
  const index = lab.nodes.indexOf(node);
  await runScript(
    node.executor,
    `ip -batch - <<'END'
link add ${managementDevice} type veth peer name wire${index} netns ${name}
link set ${managementDevice} addrgenmode none
addr add ${hostAddress(managementNetwork, index + 2)}/${prefixLength(managementNetwork)} dev ${managementDevice}
link set ${managementDevice} up
END
ip -n ${name} link set wire${index} master mgmt up`,
  );
}

/**
 * Gives a machine its way to the datastore: a relay at the datastore's address on the loopback device, through the machine's
 * management wire. The node's own network has no part in it.
 */
export async function connectMachine(machines: OwnMachines, executor: Executor, folder: string): Promise<void> {
  await giveAddress(executor);
  const listen = ["busybox", "nc", "-ll", "-p", String(etcdPort), "-e", ...machines.dial(etcdPort)];
  await runScript(executor, `mkdir -p ${shellQuote([folder])}`);
  await startServices(executor, folder, [{ name: relay, argv: listen }]);
}

/**
 * Ends connections that lead to a datastore of the past, so that Calico makes new ones at once: a watch only listens, and found out by
 * itself after 50 s.
 */
export async function dropConnections(executor: Executor, folder: string): Promise<void> {
  const pid = shellQuote([`${folder}/${relay}.pid`]);
  // Guests have no pkill. A connection may end by itself meanwhile.
  await runScript(
    executor,
    `relay=$(cat ${pid})
busybox ps -o pid,ppid | while read -r pid parent; do
  [ "$parent" != "$relay" ] || kill "$pid" 2>/dev/null || :
done`,
  );
}

const relay = "datastore-relay";

async function giveAddress(executor: Executor): Promise<void> {
  const address = `${hostAddress(managementNetwork, 1)}/32`;
  await runScript(executor, `ip link set lo up\nip addr replace ${address} dev lo scope host`);
}

/** Removes the namespace, and with it the wires; idempotent. */
export async function removeManagement(lab: Lab): Promise<void> {
  if (lab.machines !== undefined) return takeAddress([lab.machines.host, ...lab.nodes.map((node) => node.executor)]);
  const name = managementNamespace(lab);
  const { executor } = firstNode(lab);
  await runScript(executor, `[ ! -e /run/netns/${name} ] || ip netns del ${name}`);
  await Promise.all(
    lab.nodes.map((node) => node.executor.tryRun(["ip", "link", "del", managementDevice]).then(() => undefined)),
  );
}

async function takeAddress(executors: readonly Executor[]): Promise<void> {
  const argv = ["ip", "addr", "del", `${hostAddress(managementNetwork, 1)}/32`, "dev", "lo"];
  await Promise.all(executors.map((executor) => executor.tryRun(argv)));
}

function managementNamespace(lab: Lab): string {
  return `${firstNode(lab).namespacePrefix}_etcd`;
}

function firstNode(lab: Lab): LabNode {
  const [node] = lab.nodes;
  if (node === undefined) throw new LabError(`lab ${lab.runId} has no node to install Calico on`);
  return node;
}
