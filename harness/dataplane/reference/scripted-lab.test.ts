import assert from "node:assert/strict";
import { LabError } from "../../core/errors.ts";
import { Scope } from "../../core/scope.ts";
import { modes, type Mode, type ModeId } from "../../encap/mode.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import type { Lab } from "../../lab/lab.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { missingOn } from "../program/missing.ts";
import { referenceDataplane } from "./reference-dataplane.ts";
import { removeFromLab } from "./remove.ts";

const script = "sh -e -s";

/** A lab whose nodes answer from a script: for what no healthy kernel does. */
async function scriptedLab(topology: string, answersOf: (node: string) => readonly ScriptedAnswer[]): Promise<Lab> {
  const plan = planTopology(await loadTopology(topology));
  const nodes = plan.nodes.map(({ name }) => ({
    name,
    role: "node" as const,
    executor: scriptedExecutor(answersOf(name), `node ${name}`),
    enter: () => [],
    namespacePrefix: "x-",
  }));
  return { runId: "22222", provider: "scripted", plan, nodes, routers: [] };
}

const modeOf = (id: ModeId): Mode => {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode);
  return mode;
};

describe("reference dataplane on nodes that answer from a script", () => {
  it("names each node that lacks something, with the way out, once per reason", async () => {
    // Needs are numbered in their order: ip, bridge, nft, ping, NAT, tunnel.
    const answers: Readonly<Record<string, string>> = { a1: "5\n", a2: "", b1: "2\n5\n", b2: "5\n" };
    const lab = await scriptedLab("two-racks", (node) => [
      { command: script, input: /type ipip/, stdout: answers[node] ?? "" },
    ]);
    assert.deepEqual(await missingOn(modeOf("ipip-always"), lab), [
      { reason: "node b1: has no nft command", fix: "install nftables there" },
      {
        families: [4],
        reason: "nodes a1, b1, b2: kernel has no ipip module",
        fix: "modprobe ipip on the host, or see what else this machine can run: npm run lab -- doctor",
      },
    ]);
  });

  it("tries one of the nodes that share a host's kernel and programs, and tells what it lacks of all", async () => {
    const lab = await scriptedLab("two-racks", () => []);
    const command = `nsenter --net=/run/netns/a1 -- ${script}`;
    const host = scriptedExecutor([{ command, input: /type ipip/, stdout: "5\n" }], "this host");
    const nodes = lab.nodes.map((node) => ({ ...node, executor: inNamespace(host, node.name, `node ${node.name}`) }));
    assert.deepEqual(
      (await missingOn(modeOf("ipip-always"), { ...lab, nodes })).map(({ reason }) => reason),
      ["nodes a1, a2, b1, b2: kernel has no ipip module"],
    );
  });

  it("asks for no tunnel where the mode has none", async () => {
    const lab = await scriptedLab("one-rack", () => [{ command: script, input: /^(?![^]*ip link add)/, stdout: "" }]);
    assert.deepEqual(await missingOn(modeOf("none"), lab), []);
  });

  it("registers the undo before it touches a node, and runs every node's script to its end", async () => {
    const lab = await scriptedLab("one-rack", (node) => [
      node === "a1"
        ? {
            command: script,
            input: /netns add/,
            exitCode: 1,
            stderr: "batch 1\nRTNETLINK answers: Busy\nCommand failed -:1\n",
          }
        : { command: script, input: /netns add/ },
    ]);
    const scope = new Scope();
    await assert.rejects(referenceDataplane.install(modeOf("none"), lab, scope), (error: LabError) => {
      assert.equal(error.message, "the reference dataplane could not be programmed: `ip netns add x-a1-p1` failed");
      assert.match(error.details.tail ?? "", /^RTNETLINK answers: Busy$/m);
      return true;
    });
    assert.deepEqual(scope.pending(), ["remove the reference dataplane from a1, a2"]);
    for (const { executor } of lab.nodes) (executor as ReturnType<typeof scriptedExecutor>).assertDone();
  });

  it("fails a removal that leaves something, and shows what", async () => {
    const left = "vxlan.calico     UNKNOWN        66:f2:9b:c9:1b:bd <BROADCAST,UP>";
    const lab = await scriptedLab("one-rack", (node) => [
      { command: script, input: /link del group/, stdout: node === "a1" ? `lo UP\n${left}\n` : "lo UP\n" },
    ]);
    await assert.rejects(removeFromLab(lab), (error: LabError) => {
      assert.ok(error instanceof LabError);
      assert.equal(error.details.where, "node a1");
      assert.equal(error.details.tail, left);
      return true;
    });
  });
});
