import { kubectl, tryKubectl, type ClusterAccess } from "../kubernetes/access.ts";
import { calicoContainer, calicoPods } from "../dataplane/kubernetes/calico-pods.ts";
import { calicoNodeLabel } from "../kubernetes/calico-node.ts";
import { readPools } from "../kubernetes/ip-pools.ts";
import { saysNotThere } from "../kubernetes/kubectl-failure.ts";
import type { PodObject } from "../kubernetes/pod-state.ts";
import { limits, type Bundle } from "./bundle.ts";

/** Calico's resources beside its pools that routes depend on; a cluster without them has their defaults. */
const resources = ["blockaffinities", "felixconfigurations", "bgpconfigurations"] as const;

/** What each node is asked by its calico-node: the same that `calicoctl cluster diags` asks, and as files of the same names. */
const commands = [
  "ip -j route show table all",
  "ip -j -6 route show table all",
  "ip -j rule",
  "ip -j -6 rule",
  "ip -j -d addr",
  "ip -j neigh",
  "bridge -j fdb",
] as const;

/** Nodes that are asked at a time: somebody's API server answers for all of them. */
const nodesAtOnce = 4;

/** Reads from a living cluster what a bundle of diagnostics holds. Only reads: kubectl get, and ip(8) and bridge(8) in calico-node's pods. */
export async function readCluster(access: ClusterAccess): Promise<Bundle> {
  const { group } = await readPools(access);
  const nodes = await kubectl(access, ["get", "nodes", "-o", "json"]);
  const pools = await kubectl(access, ["get", `ippools.${group}`, "-o", "json"]);
  const files = new Map([
    ["cluster/nodes.json", nodes.stdout],
    ["cluster/ippools.json", pools.stdout],
  ]);
  const notes: string[] = [];
  for (const resource of resources) {
    const answer = await tryKubectl(access, ["get", `${resource}.${group}`, "-o", "json"]);
    if (answer.exitCode === 0) files.set(`cluster/${resource}.json`, answer.stdout);
    else if (!saysNotThere(answer)) notes.push(`not read: ${resource} (${reasonOf(answer.stderr)})`);
  }
  await readNodes(access, files, notes);
  return { name: access.name.replace(/^cluster (of )?/, ""), files, notes };
}

async function readNodes(access: ClusterAccess, files: Map<string, string>, notes: string[]): Promise<void> {
  const pods = await calicoPods(access);
  if (pods.length === 0) notes.push(`no pod of calico-node was found (label ${calicoNodeLabel}): no node was asked`);
  const waiting = [...pods];
  const askNext = async (): Promise<void> => {
    for (let pod = waiting.shift(); pod !== undefined; pod = waiting.shift()) await askNode(access, pod, files, notes);
  };
  await Promise.all(Array.from({ length: nodesAtOnce }, askNext));
}

async function askNode(
  access: ClusterAccess,
  calico: PodObject,
  files: Map<string, string>,
  notes: string[],
): Promise<void> {
  const { nodeName = "" } = calico.spec;
  const { namespace, pod, container } = calicoContainer(calico);
  for (const command of commands) {
    const words = ["exec", "--namespace", namespace, pod, "--container", container, "--", ...command.split(" ")];
    const { exitCode, stdout, stderr } = await tryKubectl(access, words);
    if (exitCode !== 0) {
      notes.push(`not read: \`${command}\` on ${nodeName} (${reasonOf(stderr)})`);
      // Where a node's pod cannot be entered at all, six more refusals tell nothing new.
      if (stdout === "" && command === commands[0]) return;
    } else if (stdout.length > limits.nodeFile) notes.push(`not read: \`${command}\` on ${nodeName} (too long)`);
    else files.set(`nodes/${nodeName}/${command.replaceAll(" ", "_")}.json`, stdout);
  }
}

/** The last line of what kubectl says, without control characters. */
function reasonOf(stderr: string): string {
  const [line = "no reason given"] = stderr.trim().split("\n").slice(-1);
  return line.replace(/[^\x20-\x7e]/g, "").slice(0, 200);
}
