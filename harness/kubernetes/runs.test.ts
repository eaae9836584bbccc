import assert from "node:assert/strict";
import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../exec/scripted.ts";
import { ownerOf } from "../lab/owner-machine.ts";
import type { ClusterAccess } from "./access.ts";
import { rememberFormerState, restoreFormerState } from "./former-state.ts";
import { findRuns, labelRun, makeRunNamespace, removeRun, runMark } from "./runs.ts";

function cluster(
  answers: readonly ScriptedAnswer[],
): ClusterAccess & { executor: ReturnType<typeof scriptedExecutor> } {
  return { executor: scriptedExecutor(answers), kubectl: ["kubectl"], name: "cluster c" };
}

const empty = JSON.stringify({ items: [] });
const notFound = { exitCode: 1, stderr: 'Error from server (NotFound): configmaps "former-state" not found' };
const patches = [
  {
    resource: "ippools.crd.projectcalico.org",
    name: "p",
    type: "merge" as const,
    patch: '{"spec":{"vxlanMode":"Never"}}',
  },
];
const recordOfPatches = JSON.stringify({ data: { patches: JSON.stringify(patches) } });
const removal: readonly ScriptedAnswer[] = [
  {
    command:
      / delete daemonsets,pods,services -n encaplab-7f3kq -l app\.kubernetes\.io\/managed-by=encaplab --grace-period=0 --force /,
  },
  { command: / get pods -n encaplab-7f3kq -o json$/, stdout: empty },
  { command: / delete namespace encaplab-7f3kq --ignore-not-found --wait=false$/ },
  { command: / get namespaces -l encaplab\/run=7f3kq -o json$/, stdout: empty },
];

async function namespaceOfRun(pid: number, start: string | undefined, annotations: Record<string, string> = {}) {
  const owner = await ownerOf(process.pid);
  const mark = JSON.stringify({ ...owner, pid, ...(start === undefined ? {} : { start }) });
  return {
    metadata: {
      name: "encaplab-7f3kq",
      labels: { "app.kubernetes.io/managed-by": "encaplab", "encaplab/run": "7f3kq" },
      annotations: { "encaplab/owner": mark, "encaplab/plan": "0123456789ab", ...annotations },
    },
  };
}

describe("the namespace of a run", () => {
  it("is marked with run, owner and plan, allowed what agents need, and gone with the scope", async () => {
    const access = cluster([
      { command: / create --validate=false -f -$/, input: /"pod-security\.kubernetes\.io\/enforce":"privileged"/ },
      { command: / get configmap former-state -n encaplab-7f3kq /, ...notFound },
      ...removal,
    ]);
    const scope = new Scope();
    await makeRunNamespace(
      access,
      { runId: "7f3kq", owner: await ownerOf(process.pid), digest: "0123456789ab", provider: "cluster" },
      scope,
    );
    assert.equal(scope.pending().length, 3);
    assert.deepEqual(await scope.close(), []);
    access.executor.assertDone();
  });

  it("has its removal registered before it is made", async () => {
    const access = cluster([]);
    const closed = new Scope();
    await closed.close();
    const mark = { runId: "7f3kq", owner: await ownerOf(process.pid), digest: "0123456789ab", provider: "cluster" };
    await assert.rejects(makeRunNamespace(access, mark, closed), /scope is closed/);
    assert.deepEqual(access.executor.asked, []);
  });
});

describe("findRuns", () => {
  it("leaves the run of another provider's lab to that provider", async () => {
    const namespace = await namespaceOfRun(process.pid, "1", { "encaplab/provider": "kind" });
    const answer = { command: / get namespaces /, stdout: JSON.stringify({ items: [namespace] }) };
    assert.deepEqual(await findRuns(cluster([answer]), "cluster"), []);
    assert.equal((await findRuns(cluster([answer]), "kind")).length, 1);
  });

  it("calls a run of a dead owner unreadable where its label cannot be read", async () => {
    const namespace = await namespaceOfRun(process.pid, "1", { "encaplab/label": "{" });
    const access = cluster([{ command: / get namespaces /, stdout: JSON.stringify({ items: [namespace] }) }]);
    assert.equal((await findRuns(access, "cluster"))[0]?.state, "unreadable");
  });

  const states: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ["running", async () => namespaceOfRun(process.pid, undefined), "running"],
    ["stale where its owner is dead", async () => namespaceOfRun(process.pid, "1"), "stale"],
    [
      "kept where its label says so, whoever lives",
      async () => namespaceOfRun(process.pid, "1", { "encaplab/label": JSON.stringify({ kept: true }) }),
      "kept",
    ],
  ];
  for (const [title, namespace, state] of states) {
    it(`tells that a run is ${title}`, async () => {
      const stdout = JSON.stringify({ items: [await namespace()] });
      const access = cluster([
        { command: / get namespaces -l app\.kubernetes\.io\/managed-by=encaplab -o json$/, stdout },
      ]);
      const [ref, ...others] = await findRuns(access, "cluster");
      assert.deepEqual(others, []);
      assert.equal(ref?.state, state);
      assert.equal(ref.runId, "7f3kq");
      assert.deepEqual(ref.parts, ["namespace encaplab-7f3kq"]);
    });
  }

  it("takes a run of another machine for running, because nobody can know", async () => {
    const namespace = await namespaceOfRun(process.pid, "1");
    const owner = JSON.parse(namespace.metadata.annotations["encaplab/owner"]) as object;
    namespace.metadata.annotations["encaplab/owner"] = JSON.stringify({ ...owner, machine: "elsewhere" });
    const access = cluster([{ command: / get namespaces /, stdout: JSON.stringify({ items: [namespace] }) }]);
    assert.equal((await findRuns(access, "cluster"))[0]?.state, "running");
  });

  it("leaves namespaces alone that are not ours, or have lost their marks", async () => {
    const strangers = [{ metadata: { name: "encaplab-other", labels: {} } }, { metadata: { name: "x" } }];
    const access = cluster([{ command: / get namespaces /, stdout: JSON.stringify({ items: strangers }) }]);
    assert.deepEqual(await findRuns(access, "cluster"), []);
  });

  it("does not find a run that is gone", async () => {
    const access = cluster([{ command: / get namespaces /, stdout: empty }]);
    await assert.rejects(runMark(access, "7f3kq"), /no lab 7f3kq in cluster c/);
  });

  it("writes a label on the namespace", async () => {
    const access = cluster([
      { command: / patch namespace encaplab-7f3kq --type=merge -p .*encaplab\/label.*two-racks/ },
    ]);
    await labelRun(access, "7f3kq", { topology: "two-racks", digest: "d", families: [4], kept: true });
    access.executor.assertDone();
  });
});

describe("what a run changed in a cluster", () => {
  const run = { runId: "7f3kq", namespace: "encaplab-7f3kq" };
  const read = / get configmap former-state -n encaplab-7f3kq -o json$/;

  it("is recorded once: the first record is the cluster's own state", async () => {
    const first = cluster([
      { command: read, ...notFound },
      { command: / create --validate=false -f -$/, input: /former-state.*vxlanMode/ },
    ]);
    await rememberFormerState(first, run, patches);
    first.executor.assertDone();
    const second = cluster([{ command: read, stdout: recordOfPatches }]);
    await rememberFormerState(second, run, patches);
    second.executor.assertDone();
  });

  it("is put back before the run is removed, also by another process after a crash", async () => {
    const access = cluster([
      { command: read, stdout: recordOfPatches },
      {
        command: `kubectl --request-timeout=15s patch ippools.crd.projectcalico.org p --type=merge -p '{"spec":{"vxlanMode":"Never"}}'`,
      },
      { command: / delete configmap former-state -n encaplab-7f3kq --ignore-not-found$/ },
      ...removal,
    ]);
    await removeRun(access, "7f3kq");
    access.executor.assertDone();
  });

  it("keeps the record, and tells how to do it by hand, where it cannot be restored", async () => {
    const access = cluster([
      { command: read, stdout: recordOfPatches },
      { command: / patch ippools/, exitCode: 1, stderr: "error: You must be logged in to the server (Unauthorized)" },
    ]);
    await assert.rejects(removeRun(access, "7f3kq"), (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /could not be restored/);
      assert.match(error.details.tail ?? "", /kubectl patch ippools\.crd\.projectcalico\.org p --type=merge -p '\{/);
      return true;
    });
    assert.ok(!access.executor.asked.some((command) => command.includes(" delete ")));
  });

  it("is nothing where nothing was changed", async () => {
    const access = cluster([{ command: read, ...notFound }]);
    await restoreFormerState(access, "encaplab-7f3kq");
    access.executor.assertDone();
  });
});
