import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import { executorContract } from "../exec/executor.contract.ts";
import { localExecutor } from "../exec/local/local.ts";
import { scriptedExecutor } from "../exec/scripted.ts";
import { podExecutor } from "./pod-executor.ts";

const pod = { namespace: "encaplab-7f3kq", pod: "agent-x", container: "main", where: "node a1 (pod agent-x)" };
const standIn = join(import.meta.dirname, "kubectl-stand-in.fixture.mjs");

describe("podExecutor keeps the contract of executors", () => {
  executorContract(
    () => {
      const access = { executor: localExecutor(), kubectl: [process.execPath, standIn], name: "cluster test" };
      return Promise.resolve({ executor: podExecutor(access, pod), where: "node a1 \\(pod agent-x\\)" });
    },
    () => rm("/tmp/encaplab-exec", { recursive: true, force: true }),
  );
});

describe("podExecutor", () => {
  const over = (answer: { exitCode?: number; stdout?: string; stderr?: string }) => {
    const executor = scriptedExecutor([{ command: /^kubectl --context c exec /, ...answer }]);
    return {
      executor,
      node: podExecutor({ executor, kubectl: ["kubectl", "--context", "c"], name: "cluster c" }, pod),
    };
  };

  it("asks for the container of the pod in its namespace, and for standard input only where there is some", async () => {
    const { executor, node } = over({});
    await node.run(["ip", "-j", "addr"]);
    assert.match(executor.asked[0] ?? "", /exec -n encaplab-7f3kq agent-x -c main -- sh -c /);
    assert.match(executor.asked[0] ?? "", / ip -j addr$/);
    const fed = over({});
    await fed.node.run(["cat"], { input: "x" });
    assert.match(fed.executor.asked[0] ?? "", /exec -n encaplab-7f3kq -i agent-x -c main -- sh -c /);
  });

  it("takes kubectl's own line off what a command printed", async () => {
    const stderr = "it broke\ncommand terminated with exit code 4\n";
    const { exitCode, stderr: own } = await over({ exitCode: 4, stderr }).node.tryRun(["false"]);
    assert.deepEqual({ exitCode, own }, { exitCode: 4, own: "it broke\n" });
  });

  it("does not take a failure of kubectl for one of the command", async () => {
    const executor = scriptedExecutor([
      {
        command: / exec .*-- sh -c .* true$/s,
        exitCode: 1,
        stderr: 'error: unable to upgrade connection: container not found ("main")',
      },
      { command: / exec .* KILL$/s, exitCode: 1 },
    ]);
    const node = podExecutor({ executor, kubectl: ["kubectl"], name: "cluster c" }, pod);
    await assert.rejects(node.tryRun(["true"]), (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.details.where ?? "", /node a1 .*cluster c/);
      assert.match(error.details.tail ?? "", /container not found/);
      return true;
    });
  });
});
