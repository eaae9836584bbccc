import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UsageError } from "../../core/errors.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { discoverPlan } from "./discover-plan.ts";
import { rehearseCluster } from "./rehearse.ts";

const recorded = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, "..", "..", "kubernetes", "testdata", name), "utf8");

async function cluster() {
  const executor = scriptedExecutor([
    { command: / get ippools\.crd/, stdout: await recorded("manifest-CrossSubnet-ippools.json") },
    { command: / get nodes /, stdout: await recorded("manifest-nodes.json") },
  ]);
  return { executor, kubectl: ["kubectl"], name: "cluster c" };
}

describe("a run on a cluster that is shown and not made", () => {
  it("has every object as it would be created, on the nodes that were asked for alone, and asks nothing more", async () => {
    const access = await cluster();
    const { plan } = await discoverPlan(access, undefined, ["lab-worker", "lab-worker2"]);
    const { text } = await rehearseCluster(plan, "7f3kq", { access, image: "agent:1" });
    access.executor.assertDone();
    assert.equal(access.executor.asked.length, 2);
    const objects = parseAllDocuments(text).map((document) => document.toJS() as { kind?: string } | null);
    const kinds = objects.flatMap((object) => object?.kind ?? []);
    assert.deepEqual(kinds, ["Namespace", "DaemonSet", ...Array.from({ length: 4 }, () => ["Pod", "Service"]).flat()]);
    const daemon = JSON.stringify(objects.find((object) => object?.kind === "DaemonSet"));
    assert.deepEqual(/"nodeSelectorTerms":(.*)/.exec(daemon)?.[1]?.match(/lab-[a-z0-9-]+/g), [
      "lab-worker",
      "lab-worker2",
    ]);
    assert.match(text, /kubectl delete namespace encaplab-7f3kq/);
  });

  it("names the nodes of the cluster where one was asked for that it has not", async () => {
    await assert.rejects(discoverPlan(await cluster(), undefined, ["nope"]), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /has no node nope/);
      assert.match(error.details.fix ?? "", /lab-control-plane, lab-worker,/);
      return true;
    });
  });
});
