import assert from "node:assert/strict";
import type { Scope } from "../../core/scope.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope } from "../../core/scope.ts";
import { modes, type ModeId } from "../../encap/mode.ts";
import type { Lab } from "../../provider/provider.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { dataplaneContract } from "../dataplane.contract.ts";
import { calicoDataplane } from "./calico-dataplane.ts";
import type { CalicoSource } from "./calico-source.ts";
import { skipFor } from "../../core/skip.test-data.ts";

const { ENCAPLAB_CALICO_BIN: folder, ENCAPLAB_CALICO_ARCHIVE: file } = process.env;

const source: CalicoSource | undefined =
  folder !== undefined ? { kind: "bin", folder } : file !== undefined ? { kind: "archive", file } : undefined;

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
    const dataplane = calicoDataplane({ source });
    const works: ModeId[] = [];
    await withScope(async (scope) => {
      const lab = await provision("two-racks", scope);
      for (const mode of modes) if ((await dataplane.missing(mode, lab)).length === 0) works.push(mode.id);
    });
    return { dataplane, provision, modes: works };
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
