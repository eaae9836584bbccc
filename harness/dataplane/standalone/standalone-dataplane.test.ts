import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "../../core/scope.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope } from "../../core/scope.ts";
import { modes, type Mode, type ModeId } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { dataplaneContract } from "../dataplane.contract.ts";
import type { Dataplane, Network } from "../dataplane.ts";
import { calicoDataplane } from "./standalone-dataplane.ts";
import type { CalicoSource } from "./calico-source.ts";
import { skipFor } from "../../core/skip.fixture.ts";

const { ENCAPLAB_CALICO_BIN: folder, ENCAPLAB_CALICO_ARCHIVE: file } = process.env;

const source: CalicoSource | undefined =
  folder !== undefined ? { kind: "bin", folder } : file !== undefined ? { kind: "archive", file } : undefined;

const cache = join(tmpdir(), "encaplab-calico-cache");

const provider = netnsProvider();

const provision = async (topology: string, scope: Scope): Promise<Lab> =>
  provider.provision(planTopology(await loadTopology(topology)), newRunId(), scope);

const canBuild = async (): Promise<boolean> =>
  (await provider.check(planTopology(await loadTopology("two-racks")))).length === 0;

describe("calico dataplane on namespaces (real Calico: ENCAPLAB_CALICO_BIN or ENCAPLAB_CALICO_ARCHIVE)", function () {
  this.timeout(300_000);

  dataplaneContract(async (context) => {
    if (source === undefined) skipFor(context, "no Calico is given here");
    if (!(await canBuild())) skipFor(context, "no namespaces here");
    const dataplane = calicoDataplane({ source, cache });
    const works: ModeId[] = [];
    await withScope(async (scope) => {
      const lab = await provision("two-racks", scope);
      for (const mode of modes) {
        const missing = await dataplane.missing(mode, lab);
        if (missing.length === 0) works.push(mode.id);
        // A Calico that was given and can do nothing is a fault, not a reason to skip.
        assert.ok(mode.id !== "vxlan-always" || works.includes(mode.id), missing[0]?.reason);
      }
    });
    return { dataplane, provision, modes: works };
  });
});

describe("calico dataplane beyond the contract (real Calico)", function () {
  this.timeout(120_000);

  const mode = (id: ModeId): Mode => modes.find((candidate) => candidate.id === id) ?? assert.fail();

  const withReal = async (
    context: Mocha.Context,
    ask: { topology: string; mode: ModeId; rules?: "iptables" | "nftables" },
    body: (dataplane: Dataplane, network: Network, scope: Scope) => Promise<void>,
  ): Promise<void> => {
    if (source === undefined) skipFor(context, "no Calico is given here");
    if (!(await canBuild())) skipFor(context, "no namespaces here");
    const { rules } = ask;
    const dataplane = calicoDataplane({ source, cache, ...(rules === undefined ? {} : { rules }) });
    await withScope(async (scope) => {
      const lab = await provision(ask.topology, scope);
      const missing = await dataplane.missing(mode(ask.mode), lab);
      if (missing.length > 0) skipFor(context, missing.map(({ reason }) => reason).join("; "));
      await body(dataplane, await dataplane.install(mode(ask.mode), lab, scope), scope);
    });
  };

  it("peers with the routers of a BGP fabric beside its own mesh", async function () {
    await withReal(this, { topology: "bgp-fabric", mode: "none" }, async (dataplane, network) => {
      const { bgp = [] } = await dataplane.facts(network);
      const ends = (at: string): readonly string[] => bgp.filter((one) => one.at === at).map(({ peer }) => peer);
      assert.deepEqual(ends("tor").toSorted(), ["a1", "a2", "b1", "b2"]);
      assert.deepEqual(ends("a1").toSorted(), ["a2", "b1", "b2", "tor"]);
      assert.deepEqual(new Set(bgp.map(({ state }) => state)), new Set(["Established"]));
      assert.match(network.title, /^Calico v\d/);
    });
  });

  it("notes that Felix restarted for a change of encapsulation", async function () {
    await withReal(this, { topology: "one-rack", mode: "none" }, async (dataplane, network, scope) => {
      assert.deepEqual(network.notes, []);
      const { notes = [] } = (await dataplane.switchMode(network, mode("vxlan-always"), scope)).network;
      assert.ok(notes.length > 0);
      for (const note of notes)
        assert.match(note, /felix ended once and was started again \(exit 129: its configuration changed\)$/);
    });
  });

  it("converges with rules of nftables too, and with those alone", async function () {
    const ask = { topology: "two-racks", mode: "vxlan-cross-subnet", rules: "nftables" } as const;
    await withReal(this, ask, async (_dataplane, network) => {
      for (const { executor } of network.lab.nodes) {
        const { stdout } = await executor.run(["nft", "list", "tables"]);
        assert.match(stdout, /^table ip calico$/m);
        // Tables of iptables' nft variant.
        assert.doesNotMatch(stdout, /^table ip (filter|raw|mangle)$/m);
      }
    });
  });
});

describe("calico dataplane without a Calico", () => {
  it("says for every mode how to get one, and refuses to install", async function () {
    if (!(await canBuild())) skipFor(this, "no namespaces here");
    await withScope(async (scope) => {
      const lab = await provision("one-rack", scope);
      const dataplane = calicoDataplane({});
      for (const mode of modes) {
        const [requirement] = await dataplane.missing(mode, lab);
        assert.match(requirement?.reason ?? "", /no Calico/);
        assert.match(requirement?.fix ?? "", /--calico-bin/);
        await assert.rejects(dataplane.install(mode, lab, scope), /no Calico/);
      }
    });
  });
});
