import assert from "node:assert/strict";
import { hostname } from "node:os";
import { LabError } from "../../core/errors.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import { discoverContainers } from "../../underlay/containers/discover.ts";
import { processStart } from "../../lab/owner.ts";
import { removeCluster } from "./destroy.ts";
import { discoverClusters } from "./discover.ts";

const nodes = ["control-plane", "worker"].map((role) => `encaplab-kind-7f3kq-${role}`);
const nodeLines = nodes.map((name) => `${name}\trunning\tencaplab-kind-7f3kq\n`).join("");
const others = "hand-worker\trunning\thand\n";

/** Rows as `docker … ls --format` prints them: name, state, run, provider, owner (pid, start, host), member, label, its time. */
function row(name: string, state: string, provider: string, start: string): string {
  return `${[name, state, "7f3kq", provider, String(process.pid), start, hostname(), "", "", ""].join("\t")}\n`;
}

const listed = (kind: string, stdout: string): ScriptedAnswer => ({
  command: new RegExp(`^docker ${kind} .*--filter label=encaplab\\.run`),
  stdout,
  always: true,
});
const nodesListed = (stdout: string): ScriptedAnswer => ({
  command: /^docker ps -a --filter label=io\.x-k8s\.kind\.cluster/,
  stdout,
  always: true,
});

async function engine(provider: string, change: { start?: string; nodes?: string } = {}): Promise<ScriptedAnswer[]> {
  const start = change.start ?? (await processStart(process.pid)) ?? "";
  return [
    nodesListed(change.nodes ?? nodeLines + others),
    listed("ps", row("encaplab-7f3kq-tor", "running", provider, start)),
    listed("network ls", row("rack-7f3kq-rack-a", "", provider, start)),
    listed("volume ls", ""),
  ];
}

describe("finding labs on kind clusters", () => {
  it("finds nodes by their cluster's name and the rest by labels, and leaves other clusters alone", async () => {
    const [ref, ...more] = await discoverClusters(scriptedExecutor(await engine("kind")));
    assert.deepEqual(more, []);
    assert.equal(ref?.runId, "7f3kq");
    assert.equal(ref.provider, "kind");
    assert.equal(ref.state, "running");
    assert.deepEqual(ref.parts, [
      ...nodes.map((name) => `container ${name}`),
      "container encaplab-7f3kq-tor",
      "network rack-7f3kq-rack-a",
    ]);
  });

  it("takes a lab whose owner is dead for stale, also where only networks and a router are left", async () => {
    const [ref] = await discoverClusters(scriptedExecutor(await engine("kind", { start: "1", nodes: "" })));
    assert.equal(ref?.state, "stale");
    assert.equal(ref.parts.length, 2);
  });

  it("leaves labs of containers to their own provider", async () => {
    assert.deepEqual(await discoverClusters(scriptedExecutor(await engine("docker", { nodes: others }))), []);
    assert.deepEqual(await discoverContainers(scriptedExecutor(await engine("kind")), "docker"), []);
  });

  it("finds nothing where no engine answers, and does not take a lab for stale whose owner it could not ask for", async () => {
    const silent = { exitCode: 1, stderr: "Cannot connect to the Docker daemon", always: true };
    assert.deepEqual(await discoverClusters(scriptedExecutor([{ command: /^docker /, ...silent }])), []);
    const halfSilent = [nodesListed(nodeLines), { command: /^docker /, ...silent }];
    await assert.rejects(discoverClusters(scriptedExecutor(halfSilent)));
  });
});

describe("removing labs on kind clusters", () => {
  it("removes every node with its volumes, and asks for nothing more where nothing is left", async () => {
    const filter = "docker ps -a --filter label=io.x-k8s.kind.cluster=encaplab-kind-7f3kq";
    const host = scriptedExecutor([
      { command: new RegExp(`^${filter}`), stdout: nodeLines },
      ...nodes.map((node) => ({ command: `docker rm --force --volumes ${node}` })),
      { command: new RegExp(`^${filter}`), stdout: "" },
      ...["ps", "network ls", "volume ls"].map((kind) => listed(kind, "")),
    ]);
    await removeCluster("7f3kq", host);
    host.assertDone();
  });

  it("tells which nodes stay, and the command that removes them", async () => {
    const host = scriptedExecutor([
      nodesListed(nodeLines),
      { command: /^docker rm/, exitCode: 1, stderr: "device or resource busy\n", always: true },
    ]);
    await assert.rejects(removeCluster("7f3kq", host), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /encaplab-kind-7f3kq-control-plane, encaplab-kind-7f3kq-worker$/);
      assert.match(error.details.tail ?? "", /resource busy/);
      assert.equal(error.details.fix, `docker rm --force --volumes ${nodes.join(" ")}`);
      return true;
    });
  });
});
