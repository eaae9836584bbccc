import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { missingProgram } from "../../exec/command-error.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { kindVersion, toolProblems } from "./check-tools.ts";

const tools = { kind: "kind", kubectl: "/opt/kubectl" };
const kind = { command: "kind version", stdout: "kind v0.33.0 go1.26.8 linux/amd64\n" };
const kubectl = { command: "/opt/kubectl version --client --output json", stdout: "{}" };

describe("programs that kind labs need", () => {
  it("are no problem where they answer", async () => {
    const host = scriptedExecutor([kind, kubectl]);
    assert.deepEqual(await toolProblems(host, tools, 0), []);
    host.assertDone();
  });

  it("tell their release", async () => {
    assert.equal(await kindVersion(scriptedExecutor([kind]), "kind"), "v0.33.0");
  });

  it("are each a problem of their own where they are missing or broken, with the option that names another", async () => {
    const host = scriptedExecutor([
      { ...kind, error: missingProgram("this host", ["kind"]) },
      { ...kubectl, exitCode: 1, stderr: "exec format error\n" },
    ]);
    const [first, second, ...others] = await toolProblems(host, tools, 0);
    assert.deepEqual(others, []);
    assert.equal(first?.what, "kind is not installed");
    assert.match(first.fix, /--kind PATH/);
    assert.equal(second?.what, "/opt/kubectl is not a working kubectl: exec format error");
    assert.match(second.fix, /--kubectl PATH/);
  });

  it("are not all: nodes need inotify instances, and too few end in errors that do not say so", async function () {
    const limit = await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8").catch(() => undefined);
    if (limit === undefined) return;
    const [problem] = await toolProblems(scriptedExecutor([kind, kubectl]), tools, Number(limit));
    assert.match(problem?.what ?? "", new RegExp(`max_user_instances is ${limit.trim()}, too few`));
    assert.match(problem?.fix ?? "", /sysctl fs\.inotify\.max_user_instances/);
  });
});
