import assert from "node:assert/strict";
import { LabError } from "../core/errors.ts";
import { Scope, withScope } from "../core/scope.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { modes, type Mode, type ModeId } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import { controlPlaneDifferences } from "./control-plane-differences.fixture.ts";
import type { Dataplane, Network } from "./dataplane.ts";
import type { NodeFacts } from "./node-facts.ts";

/** What a contract run needs: a dataplane, a lab of a topology that ends with the scope, and the modes that work there. */
export interface DataplaneUnderTest {
  readonly dataplane: Dataplane;
  readonly provision: (topology: string, scope: Scope) => Promise<Lab>;
  readonly modes: readonly ModeId[];
}

/** Every dataplane keeps these promises. `make` may skip the suite where the machine cannot run it. */
export function dataplaneContract(make: (context: Mocha.Context) => Promise<DataplaneUnderTest>): void {
  let dataplane: Dataplane;
  let provision: DataplaneUnderTest["provision"];
  let works: readonly ModeId[];

  before(async function () {
    ({ dataplane, provision, modes: works } = await make(this));
  });

  const withLab = (topology: string, body: (lab: Lab, scope: Scope) => Promise<void>): Promise<void> =>
    withScope(async (scope) => {
      await body(await provision(topology, scope), scope);
    });

  const usable = (): readonly Mode[] => modes.filter(({ id }) => works.includes(id));

  const assertAgrees = async (network: Network): Promise<void> => {
    const { nodes } = await dataplane.facts(network);
    const expected = expectControlPlane(network.lab.plan, network.mode, network.identities);
    assert.deepEqual(
      nodes.map(({ node }) => node),
      expected.map(({ node }) => node),
    );
    const differences = expected.flatMap((state, index) => {
      const facts = nodes[index];
      return facts === undefined ? [] : controlPlaneDifferences(state, facts).map((line) => `${state.node}: ${line}`);
    });
    assert.deepEqual(differences, [], network.mode.id);
  };

  it("names no reason against a mode that works here", async () => {
    await withLab("two-racks", async (lab) => {
      for (const mode of usable()) assert.deepEqual(await dataplane.missing(mode, lab), [], mode.id);
    });
  });

  for (const topology of ["one-rack", "two-racks", "dual-stack", "wide-prefix", "static-fabric", "three-racks"]) {
    it(`${topology}: puts every mode into effect as the oracle expects, one after the other, and leaves nothing`, async () => {
      await withLab(topology, async (lab) => {
        const bare = await kernelOf(dataplane, lab);
        for (const mode of usable()) {
          await withScope(async (scope) => {
            await assertAgrees(await dataplane.install(mode, lab, scope));
          });
          assert.deepEqual(await kernelOf(dataplane, lab), bare, `after ${mode.id}`);
        }
      });
    });
  }

  it("reports the steps to convergence in their order, the last one being a ping", async () => {
    await withLab("two-racks", async (lab, scope) => {
      const [mode] = usable().slice(-1);
      assert.ok(mode);
      const { convergence } = await dataplane.install(mode, lab, scope);
      const times = convergence.steps.map(({ atMs }) => atMs);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.match(convergence.steps.at(-1)?.step ?? "", /^ping/);
      assert.ok(convergence.totalMs >= (times.at(-1) ?? Infinity));
    });
  });

  it("switches between all its modes while pods stay", async () => {
    await withLab("static-fabric", async (lab, scope) => {
      const [first, ...rest] = usable();
      assert.ok(first);
      let network = await dataplane.install(first, lab, scope);
      for (const mode of [...rest, first]) {
        const transition = await dataplane.switchMode(network, mode, scope);
        assert.equal(transition.from, network.mode);
        network = transition.network;
        assert.equal(network.mode, mode);
        await assertAgrees(network);
      }
    });
  });

  it("finds an installed network again, and says so where there is none", async () => {
    await withLab("two-racks", async (lab) => {
      const [mode] = usable();
      assert.ok(mode);
      await withScope(async (scope) => {
        const installed = await dataplane.install(mode, lab, scope);
        const attached = await dataplane.attach(mode, lab);
        assert.deepEqual(attached.identities, installed.identities);
        assert.equal(attached.title, installed.title);
        for (const { executor } of attached.pods) assert.match((await executor.run(["ip", "addr"])).stdout, /eth0/);
      });
      await assert.rejects(dataplane.attach(mode, lab), LabError);
    });
  });
}

/** Kernel state that does not depend on traffic that went by: no neighbors, no counters. */
async function kernelOf(dataplane: Dataplane, lab: Lab): Promise<readonly Omit<NodeFacts, "neighbors">[]> {
  const [mode] = modes;
  assert.ok(mode);
  const identities = { nodes: [], pods: [], services: [] };
  const network = { lab, mode, title: "", identities, pods: [], convergence: { totalMs: 0, steps: [] } };
  const { nodes } = await dataplane.facts(network);
  return nodes.map(({ node, routes, links, fdb }) => ({ node, routes, links, fdb }));
}
