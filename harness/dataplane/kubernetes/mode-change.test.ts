import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { modes, type Mode } from "../../encap/mode.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import type { ClusterAccess } from "../../kubernetes/access.ts";
import { modeOf, readCalico } from "./calico-state.ts";
import { changeMode } from "./change-mode.ts";
import { healthTroubles, healthyCalico } from "./health.ts";
import { modeChange } from "./mode-patches.ts";

const recorded = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, "testdata", `${name}.json`), "utf8");
const recordedPools = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, "..", "..", "kubernetes", "testdata", `${name}.json`), "utf8");
const unknownKind: Partial<ScriptedAnswer> = { exitCode: 1, stderr: "error: the server doesn't have a resource type" };
const owner = { runId: "7f3kq", namespace: "encaplab-7f3kq" };

function modeNamed(id: string): Mode {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode !== undefined);
  return mode;
}

/** A cluster that answers questions by name of resource, and commands in their order. */
function cluster(
  answers: Readonly<Record<string, string | undefined>>,
  commands: readonly ScriptedAnswer[] = [],
): ClusterAccess & { readonly executor: ReturnType<typeof scriptedExecutor> } {
  const questions = Object.entries(answers).map(([resource, stdout]): ScriptedAnswer => {
    const command = new RegExp(` get ${resource}[ .]`);
    return { command, always: true, ...(stdout === undefined ? unknownKind : { stdout }) };
  });
  const version: ScriptedAnswer = { command: / version -o json$/, always: true, stdout: serverVersion };
  const executor = scriptedExecutor([...commands, version, ...questions]);
  return { executor, kubectl: ["kubectl"], name: "cluster c" };
}

/** As recorded, without what nobody reads. */
const serverVersion = '{"serverVersion":{"gitVersion":"v1.34.10"}}';

const config = JSON.stringify({ data: { calico_backend: "vxlan" } });

async function byManifest(commands: readonly ScriptedAnswer[] = [], pools?: string) {
  return cluster(
    {
      ippools: pools ?? (await recordedPools("manifest-CrossSubnet-ippools")),
      clusterinformations: await recorded("manifest-clusterinformations"),
      installations: undefined,
      tigerastatuses: undefined,
      daemonsets: await recorded("manifest-daemonset"),
      "configmap calico-config": config,
      "configmap former-state": undefined,
    },
    commands,
  );
}

async function byOperator(change: Readonly<Record<string, string>> = {}, commands: readonly ScriptedAnswer[] = []) {
  return cluster(
    {
      ippools: await recorded("operator-ippools"),
      clusterinformations: await recorded("operator-clusterinformations"),
      installations: await recorded("operator-installations"),
      tigerastatuses: await recorded("operator-tigerastatuses"),
      daemonsets: await recorded("operator-daemonsets"),
      "configmap former-state": undefined,
      ...change,
    },
    commands,
  );
}

const noStatus = JSON.stringify({ items: [] });

describe("readCalico", () => {
  it("reads a cluster that was installed by the manifest", async () => {
    const state = await readCalico(await byManifest());
    assert.equal(state.version, "v3.32.1");
    assert.equal(state.kubernetes, "v1.34.10");
    assert.equal(state.installation, undefined);
    assert.deepEqual(state.nodeDaemon, {
      namespace: "kube-system",
      name: "calico-node",
      desired: 4,
      ready: 4,
      image: "quay.io/calico/node:v3.32.1",
      backend: "vxlan",
    });
    assert.equal(modeOf(state).id, "vxlan-cross-subnet");
    assert.deepEqual(healthTroubles(state), []);
  });

  it("reads a cluster that an operator manages", async () => {
    const state = await readCalico(await byOperator());
    assert.ok(state.installation !== undefined);
    assert.equal(state.installation.name, "default");
    assert.equal(state.installation.bgp, "Disabled");
    assert.deepEqual(
      state.installation.pools.map(({ cidr, encapsulation }) => ({ cidr, encapsulation })),
      [{ cidr: "192.168.0.0/16", encapsulation: "VXLANCrossSubnet" }],
    );
    assert.equal(state.nodeDaemon?.backend, "vxlan");
    assert.ok(state.pools.every(({ byOperator }) => byOperator));
  });
});

describe("healthyCalico", () => {
  it("tells which component the operator finds degraded, and not those that say nothing of packets", async () => {
    await assert.rejects(healthyCalico(await byOperator(), 0), (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /TigeraStatus calico is degraded: Pod .*kube-controllers.* not ready/);
      assert.doesNotMatch(error.message, /tiers/);
      assert.match(error.details.fix ?? "", /tigerastatus/);
      assert.equal(error.exitCode, 3);
      return true;
    });
  });

  it("tells that calico-node runs nowhere, and the image that could not be pulled", async () => {
    const access = await byOperator({
      daemonsets: await recorded("operator-image-missing-daemonsets"),
      tigerastatuses: await recorded("operator-image-missing-tigerastatuses"),
    });
    await assert.rejects(
      healthyCalico(access, 0),
      /ready on 0 of 4 nodes.*failed to pull container image for: flexvol-driver/,
    );
  });

  it("tells that the cluster has pools and no calico-node", async () => {
    const access = await byOperator({ daemonsets: noStatus, tigerastatuses: noStatus });
    await assert.rejects(healthyCalico(access, 0), /runs no calico-node/);
  });
});

describe("modeChange", () => {
  it("patches the pool where the manifest made it, and back to what it was", async () => {
    const change = modeChange(await readCalico(await byManifest()), modeNamed("ipip-always"));
    assert.deepEqual(change.apply, [
      {
        resource: "ippools.crd.projectcalico.org",
        name: "default-ipv4-ippool",
        type: "merge",
        patch: '{"spec":{"ipipMode":"Always","vxlanMode":"Never"}}',
      },
    ]);
    assert.deepEqual(
      change.undo.map(({ patch }) => patch),
      ['{"spec":{"ipipMode":"Never","vxlanMode":"CrossSubnet"}}'],
    );
  });

  it("patches the Installation where the operator keeps the pool, and not the pool", async () => {
    const change = modeChange(await readCalico(await byOperator()), modeNamed("vxlan-always"));
    assert.deepEqual(
      change.apply.map(({ resource, name, type, patch }) => [resource, name, type, JSON.parse(patch) as unknown]),
      [
        [
          "installations.operator.tigera.io",
          "default",
          "json",
          [
            { op: "test", path: "/spec/calicoNetwork/ipPools/0/cidr", value: "192.168.0.0/16" },
            { op: "add", path: "/spec/calicoNetwork/ipPools/0/encapsulation", value: "VXLAN" },
          ],
        ],
      ],
    );
    assert.match(change.undo[0]?.patch ?? "", /"VXLANCrossSubnet"/);
    assert.equal(change.undo.length, 2);
  });
});

describe("changeMode", () => {
  const patched: ScriptedAnswer = {
    command: / patch ippools\.crd\.projectcalico\.org default-ipv4-ippool --type=merge /,
  };
  const remembered: ScriptedAnswer = {
    command: / create --validate=false -f -$/,
    input: /former-state.*vxlanMode.*CrossSubnet/,
  };

  it("does nothing where the cluster is in the mode already", async () => {
    const access = await byManifest();
    const state = await readCalico(access);
    const before = access.executor.asked.length;
    assert.deepEqual(await changeMode(state, modeNamed("vxlan-cross-subnet"), { ...owner, standing: "guest" }), []);
    assert.equal(access.executor.asked.length, before);
  });

  it("writes the former state of somebody's cluster down before it changes anything", async () => {
    const state = await readCalico(await byManifest());
    const access = await byManifest([remembered, patched], await recordedPools("manifest-Always-ippools"));
    await changeMode({ ...state, access }, modeNamed("vxlan-always"), { ...owner, standing: "guest" });
    access.executor.assertDone();
  });

  it("writes nothing down of a cluster that was made for the run", async () => {
    const state = await readCalico(await byManifest());
    const access = await byManifest([patched], await recordedPools("manifest-Always-ippools"));
    await changeMode({ ...state, access }, modeNamed("vxlan-always"), { ...owner, standing: "lab" });
    access.executor.assertDone();
  });

  it("tells why the operator refuses a mode", async () => {
    const state = await readCalico(await byOperator());
    const access = await byOperator(
      {
        ippools: await recorded("operator-ipip-refused-ippools"),
        tigerastatuses: await recorded("operator-ipip-refused-tigerastatuses"),
      },
      [{ command: / patch installations\.operator\.tigera\.io default --type=json / }],
    );
    const change = changeMode({ ...state, access }, modeNamed("ipip-cross-subnet"), { ...owner, standing: "lab" });
    await assert.rejects(change, (error: unknown) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /refuses mode IPIPCrossSubnet: .*requires that BGP is enabled/);
      assert.match(error.details.fix ?? "", /bgp of the Installation to Enabled/);
      return true;
    });
  });

  it("makes the pool agree by hand where the operator cannot write it, and says so", async () => {
    const state = await readCalico(await byOperator());
    const agreeing = (await recorded("operator-ippools")).replace(
      '"vxlanMode": "CrossSubnet"',
      '"vxlanMode": "Always"',
    );
    assert.match(agreeing, /"vxlanMode": "Always"/);
    const access = await byOperator({ ippools: agreeing, tigerastatuses: noStatus }, [
      { command: / patch installations\.operator\.tigera\.io default --type=json / },
      { command: / get ippools\.crd/, stdout: await recorded("operator-pool-unchanged-ippools") },
      { command: / get clusterinformations/, stdout: await recorded("operator-clusterinformations") },
      { command: / get installations/, stdout: await recorded("operator-pool-unchanged-installations") },
      { command: / get tigerastatuses/, stdout: await recorded("operator-pool-unchanged-tigerastatuses") },
      { command: / get daemonsets/, stdout: await recorded("operator-daemonsets") },
      patched,
    ]);
    const notes = await changeMode({ ...state, access }, modeNamed("vxlan-always"), { ...owner, standing: "lab" });
    assert.match(notes[0] ?? "", /made to agree by hand/);
    access.executor.assertDone();
  });

  it("reports that something has set the pool back", async () => {
    const state = await readCalico(await byOperator());
    const changed = (await recorded("operator-ippools")).replace('"vxlanMode": "CrossSubnet"', '"vxlanMode": "Always"');
    const reads = async (): Promise<readonly ScriptedAnswer[]> => [
      { command: / get ippools\.crd/, stdout: changed },
      { command: / get clusterinformations/, stdout: await recorded("operator-clusterinformations") },
      { command: / get installations/, stdout: await recorded("operator-installations") },
      { command: / get tigerastatuses/, stdout: noStatus },
      { command: / get daemonsets/, stdout: await recorded("operator-daemonsets") },
    ];
    const access = await byOperator({ tigerastatuses: noStatus }, [
      { command: / patch installations\.operator\.tigera\.io default --type=json / },
      ...(await reads()),
    ]);
    const change = changeMode({ ...state, access }, modeNamed("vxlan-always"), { ...owner, standing: "lab" });
    await assert.rejects(change, /set IP pool default-ipv4-ippool back to another mode than VXLAN/);
  });
});
