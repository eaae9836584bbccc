import assert from "node:assert/strict";
import { labOfRun, newRunId } from "../core/run-id.ts";
import { Scope, withScope } from "../core/scope.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import type { Lab, LabLabel, LabNode, LabRef } from "../lab/lab.ts";
import type { Provider } from "./provider.ts";

/** What a contract run needs besides the provider. */
export interface ProviderUnderTest {
  readonly provider: Provider;
  /** Builds a lab and loses its owner, as a crash would; returns its run id. */
  readonly orphan: (plan: Plan) => Promise<string>;
}

/** Every provider keeps these promises. `make` may skip the suite where the machine cannot run the provider. */
export function providerContract(
  make: (context: Mocha.Context) => Promise<ProviderUnderTest>,
  options: { readonly labsAtOnce?: "many" | "one" } = {},
): void {
  let provider: Provider;
  let orphan: ProviderUnderTest["orphan"];
  let plan: Plan;

  before(async function () {
    plan = planTopology(await loadTopology("two-racks"));
    ({ provider, orphan } = await make(this));
  });

  const withLab = (body: (lab: Lab, scope: Scope) => Promise<void>, of = plan): Promise<void> =>
    withScope(async (scope) => {
      await body(await provider.provision(of, newRunId(), scope), scope);
    });
  const find = async (runId: string): Promise<LabRef | undefined> =>
    (await provider.discover()).find((ref) => ref.runId === runId);

  it("finds no problem with a plan that it can build", async () => {
    assert.deepEqual(await provider.check(plan), []);
  });

  // To make a lab is what takes long: these look at one and the same, in their order.
  describe("a lab", () => {
    const scope = new Scope();
    let lab: Lab;
    let gone: LabRef | undefined;
    before(async () => {
      // The longest id that a lab can have.
      lab = await provider.provision(plan, labOfRun(newRunId(), 100), scope);
    });
    after(() => scope.close());

    it("has every node and router of the plan, each with an executor that says where it is", () => {
      assert.equal(lab.provider, provider.name);
      assert.equal(lab.plan, plan);
      assert.deepEqual(
        lab.nodes.map(({ name }) => name),
        plan.nodes.map(({ name }) => name),
      );
      assert.deepEqual(
        lab.routers.map(({ name }) => name),
        plan.routers.map(({ name }) => name),
      );
      for (const { name, executor, enter } of [...lab.nodes, ...lab.routers]) {
        assert.ok(executor.where.includes(name));
        assert.ok(enter().length > 0, name);
        assert.match(enter(["ip", "addr"]).join(" "), / ip addr$/, name);
      }
    });

    it("routes between all nodes, within a rack and across, and nowhere else", async () => {
      for (const node of lab.nodes) {
        for (const target of addresses(plan)) assert.equal(await ping(node, target), true, `${node.name} -> ${target}`);
      }
      const [first] = lab.nodes;
      assert.ok(first !== undefined);
      assert.equal(await ping(first, "198.18.99.99"), false);
    });

    it("is found by its names while it is up", async () => {
      const ref = await find(lab.runId);
      assert.equal(ref?.state, "running");
      assert.equal(ref.provider, provider.name);
      assert.ok(ref.parts.length >= plan.nodes.length + plan.routers.length);
    });

    it("keeps its label, whatever is in it, and replaces it", async () => {
      const odd = labelFor(plan, { topology: `/a "quoted" 'path' with é and \\ ${"x".repeat(600)}.yaml` });
      await provider.label(lab, odd);
      assert.deepEqual((await find(lab.runId))?.label, odd);
      const short = labelFor(plan, { mode: "vxlan-always", kept: true });
      await provider.label(lab, short);
      const ref = await find(lab.runId);
      assert.ok(ref !== undefined);
      assert.deepEqual(ref.label, short);
      assert.equal(ref.state, "kept");
    });

    it("is attached to while it is up, and not with another plan", async () => {
      const other = planTopology(await loadTopology("three-racks"));
      await provider.label(lab, labelFor(plan));
      const ref = await find(lab.runId);
      assert.ok(ref !== undefined);
      gone = ref;
      const again = await provider.attach(ref, plan);
      assert.equal(again.runId, lab.runId);
      assert.deepEqual(
        again.nodes.map(({ namespacePrefix }) => namespacePrefix),
        lab.nodes.map(({ namespacePrefix }) => namespacePrefix),
      );
      const [node] = again.nodes;
      assert.ok(node !== undefined && (await ping(node, addresses(plan)[1] ?? "")));
      await assert.rejects(provider.attach(ref, other), /different plan/);
    });

    it("is neither found nor attached to once its scope has closed", async () => {
      assert.deepEqual(await scope.close(), []);
      assert.equal(await find(lab.runId), undefined);
      assert.ok(gone !== undefined);
      await assert.rejects(provider.attach(gone, plan), /no lab/);
    });
  });

  it("destroys a lab once, twice, and before its scope does", async () => {
    await withLab(async (lab) => {
      const ref = await find(lab.runId);
      assert.ok(ref !== undefined);
      await provider.destroy(ref);
      assert.equal(await find(lab.runId), undefined);
      await provider.destroy(ref);
    });
  });

  it("finds the lab of a dead owner as stale, unless it is kept, and destroys it", async () => {
    const runId = await orphan(plan);
    const ref = await find(runId);
    assert.ok(ref !== undefined);
    assert.equal(ref.state, "stale");
    await provider.label(await provider.attach(ref, plan), labelFor(plan, { kept: true }));
    assert.equal((await find(runId))?.state, "kept");
    await provider.destroy(ref);
    assert.equal(await find(runId), undefined);
  });

  if (options.labsAtOnce !== "one") {
    it("keeps two labs of the same plan apart", async () => {
      await withLab(async (one) => {
        await withLab(async (two) => {
          // Machines have namespaces of their own; everywhere else those of two labs must not meet.
          if (one.machines === undefined) assert.notEqual(one.nodes[0]?.namespacePrefix, two.nodes[0]?.namespacePrefix);
          const ref = await find(one.runId);
          assert.ok(ref !== undefined);
          await provider.destroy(ref);
          assert.equal((await find(two.runId))?.state, "running");
          const [node] = two.nodes;
          for (const target of addresses(plan)) assert.ok(node !== undefined && (await ping(node, target)));
        });
      });
    });
  }

  it("registers its clean-up before the first effect", async () => {
    const closed = new Scope();
    await closed.close();
    const runId = newRunId();
    await assert.rejects(async () => provider.provision(plan, runId, closed), /scope is closed/);
    assert.equal(await find(runId), undefined);
  });
}

function addresses(plan: Plan): readonly string[] {
  return plan.nodes.map(({ uplink }) => uplink.addresses[4]?.split("/")[0] ?? "");
}

async function ping({ executor }: LabNode, target: string): Promise<boolean> {
  return (await executor.tryRun(["ping", "-n", "-q", "-c", "1", "-W", "1", target])).exitCode === 0;
}

function labelFor(plan: Plan, change: Partial<LabLabel> = {}): LabLabel {
  return { topology: "two-racks", digest: plan.digest, families: plan.families, kept: false, ...change };
}
