import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { scriptedExecutor, type ScriptedAnswer } from "../exec/scripted.ts";
import type { ClusterAccess } from "../kubernetes/access.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import { describeCluster } from "./described-cluster.ts";
import { judgeBundle } from "./judge-bundle.ts";
import { readCluster } from "./read-cluster.ts";
import { writeTopology } from "./write-topology.ts";

const recorded = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), "utf8");

/** A pod of calico-node on each node, as `kubectl get pods -o json` has them; only what is read of them. */
const pods = ["lab-control-plane", "lab-worker", "lab-worker2", "lab-worker3"].map((nodeName) => ({
  metadata: { name: `calico-node-${nodeName}`, namespace: "kube-system" },
  spec: { nodeName },
}));

async function answers(): Promise<readonly ScriptedAnswer[]> {
  const facts = (what: string): Promise<string> => recorded(`dataplane/facts/testdata/kind-cross-subnet-${what}.json`);
  const get = (what: RegExp, stdout: string): ScriptedAnswer => ({ command: what, stdout, always: true });
  const onNode = (command: string, stdout: string): ScriptedAnswer =>
    get(new RegExp(`exec .* calico-node-lab-worker --container calico-node -- ${command}$`), stdout);
  return [
    get(/get nodes -o json$/, await recorded("kubernetes/testdata/manifest-nodes.json")),
    get(
      /get ippools\.crd\.projectcalico\.org -o json$/,
      await recorded("kubernetes/testdata/manifest-CrossSubnet-ippools.json"),
    ),
    get(/get blockaffinities\./, await recorded("dataplane/kubernetes/testdata/manifest-blockaffinities.json")),
    get(/get felixconfigurations\./, JSON.stringify({ kind: "List", items: [] })),
    {
      command: /get bgpconfigurations\./,
      exitCode: 1,
      stderr: 'Error from server (Forbidden): User "reader" cannot list resource "bgpconfigurations"\n',
      always: true,
    },
    get(/get pods -A -l k8s-app=calico-node -o json$/, JSON.stringify({ items: pods })),
    onNode("ip -j route show table all", await facts("route-all")),
    onNode("ip -j -6 route show table all", "[]"),
    onNode("ip -j rule", "[]"),
    onNode("ip -j -6 rule", "[]"),
    onNode("ip -j -d addr", await facts("addr")),
    onNode("ip -j neigh", await facts("neigh")),
    onNode("bridge -j fdb", await facts("fdb")),
    {
      command: /exec /,
      exitCode: 1,
      stderr: 'Error from server (Forbidden): pods is forbidden: User "reader" cannot create resource "pods/exec"\n',
      always: true,
    },
  ];
}

describe("a living cluster as a bundle", () => {
  it("becomes a topology with its racks, and says what it could not read", async () => {
    const executor = scriptedExecutor(await answers(), "cluster kind-lab");
    const access: ClusterAccess = { executor, kubectl: ["kubectl"], name: "cluster kind-lab" };
    const judgment = judgeBundle(describeCluster(await readCluster(access)));
    const { text, mode } = writeTopology(judgment, false);
    const topology = parseTopology(text, "made.yaml", "made");
    assert.equal(mode, "VXLANCrossSubnet");
    assert.deepEqual(
      topology.nodes.map(({ subnet }) => subnet),
      ["rack-a", "rack-a", "rack-b", "rack-b"],
    );
    assert.equal(topology.incident, undefined);
    const notes = judgment.cluster.notes.join("\n");
    assert.match(notes, /not read: bgpconfigurations \(.*cannot list resource "bgpconfigurations"\)/);
    assert.equal(notes.match(/not read: `ip -j route show table all` on/g)?.length, 3);
  });

  it("is only read: get, and ip and bridge that show", async () => {
    const executor = scriptedExecutor(await answers(), "cluster kind-lab");
    await readCluster({ executor, kubectl: ["kubectl"], name: "cluster kind-lab" });
    const shows =
      /^kubectl \S+ (get \S+|exec .* -- (ip( -j| -6| -d)* (route show table all|rule|addr|neigh)|bridge -j fdb)$)/;
    assert.deepEqual(
      executor.asked.filter((command) => !shows.test(command)),
      [],
    );
    assert.ok(executor.asked.some((command) => command.includes("bridge -j fdb")));
  });
});
