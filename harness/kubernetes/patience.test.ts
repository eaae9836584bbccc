import assert from "node:assert/strict";
import type { Clock } from "../core/clock.ts";
import { LabError } from "../core/errors.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../exec/scripted.ts";
import { kubectl, type ClusterAccess } from "./access.ts";
import { createObjects } from "./create.ts";
import { Patience } from "./patience.ts";
import { podExecutor } from "./pod-executor.ts";

/** As kubectl v1.34 said it on a machine at load 50. */
const slow =
  'Get "https://127.0.0.1:34161/openapi/v2?timeout=15s": net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
const refused = "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?";

const ok = { where: "", argv: [], exitCode: 0, stdout: "", stderr: "", durationMs: 1 };

function fakeClock(): Clock & { ms: number } {
  const clock = {
    ms: 0,
    now: () => clock.ms,
    sleep: (ms: number) => {
      clock.ms += ms;
      return Promise.resolve();
    },
  };
  return clock;
}

function cluster(answers: readonly ScriptedAnswer[]) {
  const executor = scriptedExecutor(answers);
  const clock = fakeClock();
  const access: ClusterAccess = { executor, kubectl: ["kubectl"], name: "cluster c", patience: new Patience(clock) };
  return { executor, clock, access };
}

const fails = (stderr: string): ScriptedAnswer => ({ command: / get nodes$/, exitCode: 1, stderr });
const answers: ScriptedAnswer = { command: / get nodes$/, stdout: "a1" };

describe("a cluster's API that does not answer", () => {
  it("is asked again, and the step goes on when it does", async () => {
    const { access, executor } = cluster([fails(slow), fails(slow), answers]);
    assert.equal((await kubectl(access, ["get", "nodes"])).stdout, "a1");
    executor.assertDone();
  });

  it("is given up at once where nobody is there at all, and asked again where somebody has been", async () => {
    const never = cluster([fails(refused)]);
    await assert.rejects(kubectl(never.access, ["get", "nodes"]), /API cannot be reached$/);
    const gone = cluster([answers, fails(refused), answers]);
    await kubectl(gone.access, ["get", "nodes"]);
    assert.equal((await kubectl(gone.access, ["get", "nodes"])).stdout, "a1");
  });

  it("ends the step when patience ends, which says for how long, and what its machine says", async () => {
    const { access, clock } = cluster([answers, { ...fails(refused), always: true }]);
    await kubectl(access, ["get", "nodes"]);
    const asked = { ...access, lookAtServer: () => Promise.resolve("its container is exited") };
    await assert.rejects(kubectl(asked, ["get", "nodes"]), (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /cannot be reached; it has not answered for 120 s \(its container is exited\)/);
      return true;
    });
    assert.equal(clock.ms, 120_000);
  });

  it("may have made what it did not confirm: that it exists is no error then, and is one at the first attempt", async () => {
    const exists = 'Error from server (AlreadyExists): error when creating "STDIN": pods "w1" already exists';
    const create = (stderr: string): ScriptedAnswer => ({ command: / create .*-f -$/, exitCode: 1, stderr });
    const { access, executor } = cluster([create(slow), create(exists)]);
    await createObjects(access, [{ kind: "Pod" }]);
    executor.assertDone();
    const first = cluster([create(exists)]);
    await assert.rejects(createObjects(first.access, [{ kind: "Pod" }]), /kubectl failed/);
  });

  it("does not get a command for a pod twice, unless nothing of it can have begun", async () => {
    const pod = { namespace: "n", pod: "p", container: "main", where: "node a1" };
    const exec = (stderr: string): ScriptedAnswer => ({ command: / exec .* true$/s, exitCode: 1, stderr });
    const { access } = cluster([
      exec("Unable to connect to the server: net/http: TLS handshake timeout"),
      { command: / exec .* true$/s, stdout: "" },
    ]);
    await podExecutor(access, pod)
      .run(["true"])
      .catch(() => assert.fail("it was not tried again"));
    const reading = cluster([
      { ...exec("error: error reading from error stream: next reader: unexpected EOF"), stdout: "half" },
      { command: / exec .* true$/s, stdout: "whole" },
    ]);
    const answered = await reading.access.patience?.until(() => Promise.resolve(ok));
    assert.equal(answered?.attempts, 1);
    const { stdout } = await podExecutor(reading.access, pod).run(["true"], { onlyReads: true });
    assert.equal(stdout, "whole");
    const cut = cluster([exec("error: unexpected EOF"), { command: / KILL$/s }]);
    await assert.rejects(podExecutor(cut.access, pod).run(["true"]), /cannot be reached/);
  });
});
