import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../../core/run-id.ts";
import { Scope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { modeOf, planOf } from "../../encap/plan.fixture.ts";
import { localExecutor } from "../../exec/local/local.ts";
import type { Lab } from "../../lab/lab.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import { stopServices } from "../process/supervise.ts";
import { calicoNetwork } from "./calico-network.ts";
import { waitForFelix } from "./felix-ready.ts";
import { labFolder, nodeFolder } from "./lab-folder.ts";
import { nodeCalico, type Release } from "./node-calico.ts";
import { startNode } from "./start-node.ts";
import { upgradeNodes } from "./upgrade-nodes.ts";

/** A Calico whose Felix does nothing but say that it is ready. */
const standIn = `#!/bin/sh
case "$1" in
-felix) exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 9099, Listen => 5, ReuseAddr => 1) or die $!;
  while ($c = $s->accept) { 1 while ($l = <$c>) && $l =~ /\\S/; print $c "HTTP/1.0 200 OK\\r\\n\\r\\n"; close $c }' "$0" ;;
-node-services) exec sleep 600 ;;
esac
`;

describe("an upgrade of nodes, with stand-ins for Calico's programs", function () {
  this.timeout(60_000);
  const scope = new Scope();
  const provider = netnsProvider();
  const mode = modeOf("vxlan-always");
  let folder: string;
  let lab: Lab;

  before(async function () {
    const plan = await planOf("one-rack");
    const problems = await provider.check(plan);
    const { exitCode } = await localExecutor().tryRun(["sh", "-c", "command -v curl"]);
    if (problems.length > 0 || exitCode !== 0) skipFor(this, "no namespaces or no curl here");
    folder = await mkdtemp(join(tmpdir(), "encaplab-upgrade-"));
    scope.defer("remove the stand-ins", () => rm(folder, { recursive: true }));
    lab = await provider.provision(plan, newRunId(), scope);
    scope.defer("end the stand-ins", async () => {
      await Promise.all(lab.nodes.map(({ name, executor }) => stopServices(executor, nodeFolder(lab, name))));
      await rm(labFolder(lab), { recursive: true });
    });
  });

  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  async function release(version: string): Promise<Release> {
    const own = join(folder, version);
    await mkdir(own);
    for (const name of ["calico-node", "calico"]) {
      await writeFile(join(own, name), standIn);
      await chmod(join(own, name), 0o755);
    }
    const files = { calicoNode: join(own, "calico-node"), cniPlugin: join(own, "calico") };
    return { files, rules: "iptables", version, tested: [] };
  }

  /** Which release's Felix runs on each node, and as which process. */
  async function felixes(): Promise<ReadonlyMap<string, readonly [version: string, pid: string]>> {
    const read = lab.nodes.map(async ({ name, executor }) => {
      const { stdout } = await executor.run([
        "sh",
        "-ec",
        `cd ${nodeFolder(lab, name)}; read -r pid <felix.pid; echo "$pid"; tr '\\0' '\\n' <"/proc/$pid/cmdline" | grep -x '.*/calico-node'`,
      ]);
      const [pid = "", program = ""] = stdout.trim().split("\n");
      return [name, [program.split("/").at(-2) ?? "", pid]] as const;
    });
    return new Map(await Promise.all(read));
  }

  it("brings the nodes that run an older release to that of the rest, one by one, and leaves the others alone", async () => {
    const target = await release("v2");
    const mixed = { ...target, others: new Map([["a1", await release("v1")]]) };
    await Promise.all(lab.nodes.map((node) => startNode(node.executor, nodeCalico(lab, node, mixed, mode))));
    await waitForFelix(lab, 30_000);
    const network = calicoNetwork(mode, lab, {
      title: "",
      identities: { nodes: [], pods: [], services: [] },
      convergence: { totalMs: 0, steps: [] },
    });
    const before = await felixes();
    assert.deepEqual(
      [...before].map(([node, [version]]) => `${node} ${version}`),
      ["a1 v1", "a2 v2"],
    );
    const watch = new Stopwatch();
    await upgradeNodes(network, mixed, watch);
    const after = await felixes();
    assert.equal(after.get("a1")?.[0], "v2");
    assert.deepEqual(after.get("a2"), before.get("a2"));
    assert.deepEqual(
      watch.steps.map(({ step }) => step),
      ["a1 runs v2"],
    );
    await assert.rejects(upgradeNodes(network, target, watch), /all nodes run Calico v2 already/);
  });
});
