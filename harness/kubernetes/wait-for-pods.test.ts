import assert from "node:assert/strict";
import { LabError } from "../core/errors.ts";
import { scriptedExecutor } from "../exec/scripted.ts";
import { podTrouble, type PodObject } from "./pod-state.ts";
import { waitForPods } from "./wait-for-pods.ts";

const pod = (status: PodObject["status"], spec: PodObject["spec"] = { nodeName: "worker" }): PodObject => ({
  metadata: { name: "w1-p1" },
  spec,
  status,
});
const running = pod({ phase: "Running", containerStatuses: [{ name: "main", ready: true }] });
const waiting = (reason: string, message: string): PodObject =>
  pod({ phase: "Pending", containerStatuses: [{ name: "main", state: { waiting: { reason, message } } }] });
const awaited = { namespace: "encaplab-7f3kq", selector: "encaplab/role=workload", what: "pods", count: 1 };

function cluster(pods: readonly PodObject[], events = "") {
  const executor = scriptedExecutor([
    {
      command: / get pods -n encaplab-7f3kq -l encaplab\/role=workload -o json$/,
      always: true,
      stdout: JSON.stringify({ items: pods }),
    },
    { command: / get events -n encaplab-7f3kq /, always: true, stdout: events },
  ]);
  return { executor, kubectl: ["kubectl"], name: "cluster c" };
}

describe("podTrouble", () => {
  it("finds none in a pod that runs", () => {
    assert.equal(podTrouble(running), undefined);
  });

  it("tells an image that cannot be pulled, with its node and what the runtime said", () => {
    const trouble = podTrouble(waiting("ImagePullBackOff", 'Back-off pulling image "encaplab-agent:dev"'));
    assert.match(
      trouble?.what ?? "",
      /node worker cannot pull the image of pod w1-p1: Back-off pulling image "encaplab-agent:dev"/,
    );
    assert.match(trouble?.fix ?? "", /--agent-image/);
    assert.equal(trouble?.lasting, true);
  });

  it("gives a first failed pull another try", () => {
    assert.equal(podTrouble(waiting("ErrImagePull", "timeout"))?.lasting, false);
  });

  it("tells a pod that no node takes", () => {
    const conditions = [
      {
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: "0/4 nodes are available: 4 Insufficient cpu.",
      },
    ];
    const trouble = podTrouble(pod({ phase: "Pending", conditions }, {}));
    assert.match(trouble?.what ?? "", /not scheduled: 0\/4 nodes are available: 4 Insufficient cpu/);
    assert.equal(trouble?.lasting, true);
  });

  it("tells a pod that the kubelet refused", () => {
    const trouble = podTrouble(
      pod({ phase: "Failed", reason: "OutOfcpu", message: "Node didn't have enough resource: cpu" }),
    );
    assert.match(trouble?.what ?? "", /was refused: Node didn't have enough resource/);
  });
});

describe("waitForPods", () => {
  it("returns the pods once all run", async () => {
    assert.deepEqual(await waitForPods(cluster([running]), awaited), [running]);
  });

  it("does not wait to the end for a pod that will never run", async () => {
    const started = performance.now();
    const broken = waitForPods(cluster([waiting("ErrImageNeverPull", "not present")]), { ...awaited, lastingMs: 300 });
    await assert.rejects(broken, (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /cannot pull the image/);
      assert.match(error.details.fix ?? "", /--agent-image/);
      assert.equal(error.exitCode, 3);
      return true;
    });
    assert.ok(performance.now() - started < 15_000);
  });

  it("tells why there are no pods at all", async () => {
    const events = 'FailedCreate: pods "agent-x" is forbidden: violates PodSecurity "restricted:latest"\n';
    await assert.rejects(waitForPods(cluster([], events), { ...awaited, timeoutMs: 0 }), /violates PodSecurity/);
  });
});
