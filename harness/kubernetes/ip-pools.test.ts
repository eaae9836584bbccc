import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../exec/scripted.ts";
import { modes } from "../encap/mode.ts";
import { configuredMode, isIn, poolModes, readPools, type ClusterPool } from "./ip-pools.ts";

const recorded = (name: string): Promise<string> => readFile(join(import.meta.dirname, "testdata", name), "utf8");
const access = (answers: readonly ScriptedAnswer[]) => ({
  executor: scriptedExecutor(answers),
  kubectl: ["kubectl"],
  name: "cluster c",
});
const unknownKind = { exitCode: 1, stderr: `error: the server doesn't have a resource type "ippools"` };

describe("readPools", () => {
  for (const [policy, id] of [
    ["CrossSubnet", "vxlan-cross-subnet"],
    ["Always", "vxlan-always"],
    ["Never", "none"],
  ] as const) {
    it(`finds mode ${id} in a recorded pool with vxlanMode ${policy}`, async () => {
      const stdout = await recorded(`manifest-${policy}-ippools.json`);
      const cluster = access([
        { command: "kubectl --request-timeout=15s get ippools.crd.projectcalico.org -o json", stdout },
      ]);
      const { group, pools } = await readPools(cluster);
      assert.equal(group, "crd.projectcalico.org");
      assert.deepEqual(
        pools.map(({ name, cidr, blockSize, natOutgoing }) => ({ name, cidr, blockSize, natOutgoing })),
        [{ name: "default-ipv4-ippool", cidr: "192.168.0.0/16", blockSize: 26, natOutgoing: true }],
      );
      assert.equal(configuredMode(pools, "c").id, id);
    });
  }

  it("takes the other group where the cluster has Calico's v3 resources as its own", async () => {
    const stdout = (await recorded("manifest-Always-ippools.json")).replaceAll(
      "crd.projectcalico.org/v1",
      "projectcalico.org/v3",
    );
    const { group } = await readPools(
      access([
        { command: / ippools\.crd\.projectcalico\.org /, ...unknownKind },
        { command: / ippools\.projectcalico\.org /, stdout },
      ]),
    );
    assert.equal(group, "projectcalico.org");
  });

  it("says that a cluster has no Calico, and what to do", async () => {
    const cluster = access([
      { command: / ippools\.crd/, ...unknownKind },
      { command: / ippools\.projectcalico/, ...unknownKind },
    ]);
    await assert.rejects(readPools(cluster), /has no Calico/);
  });
});

describe("configuredMode", () => {
  const pool = (change: Partial<ClusterPool>): ClusterPool => ({
    name: "p",
    family: 4,
    cidr: "10.0.0.0/16",
    blockSize: 26,
    ipipMode: "Never",
    vxlanMode: "Never",
    natOutgoing: true,
    disabled: false,
    nodeSelector: "all()",
    byOperator: false,
    ...change,
  });

  it("is the inverse of what a mode asks of its pools, in both families", () => {
    for (const mode of modes) {
      const pools = ([4, 6] as const).map((family) => pool({ family, ...poolModes(mode, family) }));
      assert.ok(pools.every((each) => isIn(each, mode)));
      assert.equal(configuredMode(pools, "c").id, mode.id);
    }
  });

  it("is each pool's own where they are in different ones, and none where one is in two at once", () => {
    const one = pool({ name: "one", vxlanMode: "Always" });
    const two = pool({ name: "two", ipipMode: "Always" });
    assert.equal(configuredMode([one, two], "c").id, "pools");
    const both = pool({ name: "both", ipipMode: "Always", vxlanMode: "Always" });
    assert.throws(
      () => configuredMode([one, both], "c"),
      (error: unknown) => {
        assert.ok(error instanceof LabError);
        assert.match(error.details.tail ?? "", /IPPool both .*: IPIP Always, VXLAN Always/);
        return true;
      },
    );
    assert.equal(configuredMode([one, { ...two, disabled: true }], "c").id, "vxlan-always");
  });

  it("refuses a cluster without a pool that is in use", () => {
    assert.throws(() => configuredMode([pool({ disabled: true })], "c"), /no enabled IP pool/);
  });
});
