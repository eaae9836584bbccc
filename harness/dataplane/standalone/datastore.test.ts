import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { newRunId } from "../../core/run-id.ts";
import { withScope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { modes } from "../../encap/mode.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import type { Lab } from "../../lab/lab.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { readPrefix, resourceKey, writeResources } from "./datastore.ts";
import { startEtcd } from "./etcd.ts";
import { labFolder } from "./lab-folder.ts";
import { makeManagement, managementDevice, managementExecutor } from "./management.ts";
import { removeCalico } from "./remove.ts";
import { poolsFor } from "./resources.ts";

const provider = netnsProvider();

/** A lab with a datastore, which ends with the body. */
const withDatastore = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  await withScope(async (scope) => {
    const lab = await provider.provision(planTopology(await loadTopology("one-rack")), newRunId(), scope);
    scope.defer("remove the datastore", () => removeCalico(lab));
    await makeManagement(lab);
    await startEtcd(lab, "etcd");
    await body(lab);
  });
};

describe("the lab's datastore (real etcd)", function () {
  this.timeout(30_000);

  before(async function () {
    const problems = await provider.check(planTopology(await loadTopology("one-rack")));
    const { exitCode } = await localExecutor().tryRun(["sh", "-c", "command -v etcd && command -v curl"]);
    if (problems.length > 0) skipFor(this, "no namespaces here");
    if (exitCode !== 0) skipFor(this, "no etcd or no curl here (packages etcd-server, curl)");
  });

  it("keeps resources under their keys, and through changes their identity and what else their specs say", async () => {
    await withDatastore(async (lab) => {
      const executor = managementExecutor(lab);
      const [none, , , always] = modes.map((mode) => poolsFor(lab.plan, mode));
      assert.ok(none && always);
      await writeResources(executor, none);
      const [first] = await readPrefix(executor, resourceKey("IPPool", ""));
      await writeResources(executor, always);
      const [second, ...more] = await readPrefix(executor, resourceKey("IPPool", ""));
      assert.deepEqual(more, []);
      assert.equal(first?.key, resourceKey("IPPool", "default-ipv4-ippool"));
      const pool = { ...(always[0] ?? assert.fail()), spec: { natOutgoing: false } };
      await writeResources(executor, [pool]);
      const [third] = await readPrefix(executor, resourceKey("IPPool", ""));
      assert.match(third?.value ?? "", /"vxlanMode":"Always"/);
      assert.match(third?.value ?? "", /"natOutgoing":false/);
      const [before, after] = [first, second].map(
        (entry) => JSON.parse(entry?.value ?? "") as { metadata: { uid: string }; spec: { vxlanMode: string } },
      );
      assert.deepEqual([before?.spec.vxlanMode, after?.spec.vxlanMode], ["Never", "Always"]);
      assert.match(before?.metadata.uid ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(after?.metadata.uid, before?.metadata.uid);
    });
  });

  it("is reached by every node over wires of its own, and leaves nothing", async () => {
    let lab: Lab | undefined;
    await withDatastore(async (running) => {
      lab = running;
      for (const { executor } of running.nodes) {
        assert.equal((await readPrefix(executor, "/calico/")).length, 0);
        const { stdout } = await executor.run(["ip", "route", "get", "169.254.64.1"]);
        assert.ok(stdout.includes(`dev ${managementDevice}`));
      }
      await removeCalico(running);
      for (const { executor } of running.nodes) {
        assert.notEqual((await executor.tryRun(["ip", "link", "show", managementDevice])).exitCode, 0);
      }
    });
    assert.ok(lab);
    await assert.rejects(access(labFolder(lab)));
  });
});
