import assert from "node:assert/strict";
import { withScope, type Scope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { newRunId } from "../../core/run-id.ts";
import { modes, type Mode, type ModeId } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Network } from "../dataplane.ts";
import { referenceDataplane } from "../reference/reference-dataplane.ts";
import { readFabricSessions } from "./bgp-sessions.ts";

const provider = netnsProvider();

const provision = async (topology: string, scope: Scope): Promise<Lab> =>
  provider.provision(planTopology(await loadTopology(topology)), newRunId(), scope);

const modeOf = (id: ModeId): Mode => {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode);
  return mode;
};

/** Whether the first pod of a1 gets an answer from the first pod of b1, which is in the other rack. */
const crosses = async ({ pods, identities }: Network): Promise<boolean> => {
  const from = pods.find(({ name }) => name === "a1-p1");
  const address = identities.pods.find(({ name }) => name === "b1-p1")?.addresses[4];
  assert.ok(from !== undefined && address !== undefined);
  return (await from.executor.tryRun(["ping", "-n", "-c", "1", "-w", "2", address])).exitCode === 0;
};

const states = async (lab: Lab): Promise<ReadonlySet<string>> =>
  new Set((await readFabricSessions(lab)).map(({ state }) => state));

describe("a fabric of real BGP (BIRD 2) with the reference dataplane", function () {
  this.timeout(60_000);

  before(async function () {
    const problems = await provider.check(planTopology(await loadTopology("bgp-fabric")));
    if (problems.length > 0) skipFor(this, "no namespaces here");
    await withScope(async (scope) => {
      const [lacking] = await referenceDataplane.missing(modeOf("none"), await provision("bgp-fabric", scope));
      if (lacking !== undefined) skipFor(this, `${lacking.reason}: ${lacking.fix ?? ""}`);
    });
  });

  it("carries plain pod packets across racks, which die without it", async () => {
    await withScope(async (scope) => {
      const lab = await provision("bgp-fabric", scope);
      const network = await referenceDataplane.install(modeOf("none"), lab, scope);
      assert.ok(network.convergence.steps.some(({ step }) => step === "fabric"));
      assert.equal((await readFabricSessions(lab)).length, lab.nodes.length);
      assert.deepEqual(await states(lab), new Set(["Established"]));
      assert.equal(await crosses(network), true);
    });
    await withScope(async (scope) => {
      const lab = await provision("two-racks", scope);
      assert.equal(await crosses(await referenceDataplane.install(modeOf("none"), lab, scope)), false);
      assert.deepEqual(await readFabricSessions(lab), []);
    });
  });

  it("keeps its sessions while the mode changes, and leaves routers as they were", async () => {
    await withScope(async (scope) => {
      const lab = await provision("bgp-fabric", scope);
      const routes = async (): Promise<string> => {
        const all = await Promise.all(lab.routers.map(({ executor }) => executor.run(["ip", "route"])));
        return all.map(({ stdout }) => stdout).join("");
      };
      const bare = await routes();
      await withScope(async (inner) => {
        let network = await referenceDataplane.install(modeOf("none"), lab, inner);
        for (const id of ["vxlan-cross-subnet", "none"] as const) {
          ({ network } = await referenceDataplane.switchMode(network, modeOf(id), inner));
          assert.equal(await crosses(network), true, id);
          assert.deepEqual(await states(lab), new Set(["Established"]), id);
        }
      });
      assert.equal(await routes(), bare);
      assert.deepEqual(await states(lab), new Set(), "nobody answers any more");
    });
  });
});
