import assert from "node:assert/strict";
import type { LabError } from "../../core/errors.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { newRunId } from "../../core/run-id.ts";
import { modes, type Mode, type ModeId } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { dataplaneContract } from "../dataplane.contract.ts";
import { natTable } from "../program/render-nat.ts";
import { referenceDataplane } from "./reference-dataplane.ts";
import { skipFor } from "../../core/skip.fixture.ts";

const provider = netnsProvider();

const provision = async (topology: string, scope: Scope): Promise<Lab> =>
  provider.provision(planTopology(await loadTopology(topology)), newRunId(), scope);

const modeOf = (id: ModeId): Mode => {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode);
  return mode;
};

/** The problems of this machine, or none; a machine where namespaces cannot be made skips these tests. */
const skipWhereImpossible = async (context: Mocha.Context): Promise<void> => {
  const problems = await provider.check(planTopology(await loadTopology("two-racks")));
  if (problems.length > 0) skipFor(context, problems.map(({ what }) => what).join("; "));
};

describe("reference dataplane on namespaces", function () {
  this.timeout(60_000);

  dataplaneContract(async (context) => {
    await skipWhereImpossible(context);
    const works: readonly ModeId[] = ["none", "vxlan-always", "vxlan-cross-subnet"];
    return { dataplane: referenceDataplane, provision, modes: works };
  });

  describe("beyond the contract", () => {
    before(async function () {
      await skipWhereImpossible(this);
    });

    it("says what it is, and never calls itself Calico", async () => {
      await withScope(async (scope) => {
        const network = await referenceDataplane.install(modeOf("none"), await provision("one-rack", scope), scope);
        assert.equal(network.title, "reference dataplane, not Calico");
      });
    });

    it("installs IPIP where the kernel has it, and otherwise names the module and the nodes", async () => {
      await withScope(async (scope) => {
        const lab = await provision("two-racks", scope);
        const missing = await referenceDataplane.missing(modeOf("ipip-cross-subnet"), lab);
        if (provider.capabilities.has("ipip")) assert.deepEqual(missing, []);
        else
          assert.deepEqual(
            missing.map(({ reason }) => reason),
            ["nodes a1, a2, b1, b2: kernel has no ipip module"],
          );
      });
    });

    it("says for IPv6 that Calico has no IPIP, and only for IPv6", async () => {
      await withScope(async (scope) => {
        const missing = await referenceDataplane.missing(modeOf("ipip-always"), await provision("dual-stack", scope));
        const families = missing.filter(({ reason }) => reason === "Calico has no IPIP for IPv6");
        assert.deepEqual(
          families.map((requirement) => requirement.families),
          [[6]],
        );
      });
    });

    it("takes its table with it and leaves the tables of others alone", async () => {
      await withScope(async (scope) => {
        const lab = await provision("one-rack", scope);
        const [node] = lab.nodes;
        assert.ok(node);
        await node.executor.run(["nft", "add table ip somebody-else"]);
        const tables = async (): Promise<string> => (await node.executor.run(["nft", "list", "tables"])).stdout;
        await withScope(async (inner) => {
          await referenceDataplane.install(modeOf("none"), lab, inner);
          assert.match(await tables(), new RegExp(`ip ${natTable}`));
        });
        assert.equal(await tables(), "table ip somebody-else\n");
      });
    });

    it("removes a half-done installation too", async () => {
      await withScope(async (scope) => {
        const lab = await provision("two-racks", scope);
        const [node] = lab.nodes;
        assert.ok(node);
        // The name of a device that the script will want to make is taken: it fails half-way, after the pods.
        await node.executor.run(["ip", "link", "add", "vxlan.calico", "type", "bridge"]);
        const inner = new Scope();
        const install = referenceDataplane.install(modeOf("vxlan-always"), lab, inner);
        await assert.rejects(install, (error: LabError) => {
          assert.equal(error.details.where, node.executor.where);
          assert.match(error.details.command ?? "", /^ip link add vxlan\.calico address 66:/);
          return true;
        });
        assert.deepEqual(await inner.close(), []);
        for (const { executor, namespacePrefix } of lab.nodes) {
          const { stdout } = await executor.run(["sh", "-c", "ip netns list; ip -br link"]);
          assert.doesNotMatch(stdout, new RegExp(`${namespacePrefix}[ab]\\d-p|cali[0-9a-f]`));
        }
      });
    });

    it("masquerades the host into the tunnel, pods to nodes, and never pods to pods", async () => {
      await withScope(async (scope) => {
        const lab = await provision("two-racks", scope);
        const network = await referenceDataplane.install(modeOf("vxlan-always"), lab, scope);
        const [a1] = lab.nodes;
        const b1 = network.identities.pods.find(({ name }) => name === "b1-p1");
        assert.ok(a1 && b1);
        const { stdout } = await a1.executor.run(["ip", "route", "get", b1.addresses[4] ?? ""]);
        assert.match(stdout, / dev vxlan\.calico src 198\.19\.0\.0 /);
        const rules = (await a1.executor.run(["nft", "list", "table", "ip", natTable])).stdout;
        assert.match(rules, /oifname "vxlan\.calico" fib saddr type local ip saddr != 198\.19\.0\.0 masquerade/);
        assert.equal(rules.match(/udp dport 4789 notrack/g)?.length, 2);
        assert.match(rules, /ip saddr @masqueraded ip daddr != @pools masquerade/);
      });
    });
  });
});
