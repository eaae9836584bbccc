import assert from "node:assert/strict";
import { LabError } from "../../core/errors.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { createCluster } from "./create-cluster.ts";

const order = { kind: "kind", config: "kind: Cluster\n", kubeconfig: "/tmp/lab/kubeconfig" };
const command = "kind create cluster --config - --kubeconfig /tmp/lab/kubeconfig";

/** What kind 0.33 printed on standard error for each. */
const failures = {
  pull: `Creating cluster "lab" ...
 • Ensuring node image (kindest/node:v0.0.0) 🖼️  ...
 ✗ Ensuring node image (kindest/node:v0.0.0) 🖼️
ERROR: failed to create cluster: failed to pull image "kindest/node:v0.0.0": command "docker pull kindest/node:v0.0.0" failed with error: exit status 1
`,
  field: `ERROR: failed to create cluster: unable to decode config: yaml: unmarshal errors:
  line 3: field networkin not found in type v1alpha4.Cluster
`,
  proxy: "ERROR: failed to create cluster: invalid kubeProxyMode: nope\n",
  there: 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "lab"\n',
};

async function failing(stderr: string): Promise<LabError> {
  const host = scriptedExecutor([{ command, exitCode: 1, stderr }]);
  const error: unknown = await createCluster(host, order).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof LabError);
  return error;
}

describe("making a kind cluster", () => {
  it("gives kind the configuration and a kubeconfig of the lab's own, and never has it wait for nodes", async () => {
    const host = scriptedExecutor([{ command, input: "kind: Cluster\n" }]);
    await createCluster(host, order);
    host.assertDone();
    assert.ok(host.asked.every((asked) => !asked.includes("--wait")));
  });

  it("tells what kind's failures mean and what to do", async () => {
    const pull = await failing(failures.pull);
    assert.equal(pull.message, "the node image cannot be pulled");
    assert.match(pull.details.fix ?? "", /--node-image.*--image-archive/);
    assert.match(pull.details.tail ?? "", /failed to pull image "kindest\/node:v0\.0\.0"/);
    assert.equal(pull.details.command, command);
    assert.match((await failing(failures.field)).message, /does not understand the cluster's configuration/);
    assert.match((await failing(failures.proxy)).message, /does not understand the cluster's configuration/);
    assert.match((await failing(failures.there)).details.fix ?? "", /down --stale/);
  });

  it("shows what kind said where it does not know what it means", async () => {
    const error = await failing("ERROR: failed to create cluster: something new\n");
    assert.equal(error.message, "kind could not make the cluster (exit 1)");
    assert.match(error.details.tail ?? "", /something new/);
    assert.equal(error.details.fix, undefined);
  });
});
