import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { modes, type Mode } from "../../encap/mode.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import { adaptManifest } from "./adapt-manifest.ts";
import { installCalico } from "./install-calico.ts";
import { readManifest } from "./manifest-source.ts";
import { renderInstallation } from "./render-installation.ts";

/** The two objects of Calico's manifest that a plan changes, with settings that must stay. */
const manifest = [
  {
    kind: "ConfigMap",
    metadata: { name: "calico-config" },
    data: { calico_backend: "bird", cni_network_config: '{ "ipam": { "type": "calico-ipam" } }' },
  },
  { kind: "ServiceAccount", metadata: { name: "calico-node" } },
  {
    kind: "DaemonSet",
    metadata: { name: "calico-node" },
    spec: {
      updateStrategy: { rollingUpdate: { maxUnavailable: 1 } },
      template: {
        spec: {
          containers: [
            {
              name: "calico-node",
              env: [
                { name: "CALICO_IPV4POOL_IPIP", value: "Always" },
                { name: "DATASTORE_TYPE", value: "kubernetes" },
              ],
            },
          ],
        },
      },
    },
  },
];

function modeNamed(id: string): Mode {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode !== undefined);
  return mode;
}

function settings(objects: readonly unknown[]): Readonly<Record<string, string>> {
  const [, , daemon] = objects as typeof manifest;
  const env = daemon?.spec?.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

describe("adaptManifest", () => {
  it("sets pool, mode and address detection of a plan, and leaves the rest as it is", async () => {
    const plan = planTopology(await loadTopology("two-racks"));
    const adapted = adaptManifest(manifest, plan, modeNamed("vxlan-cross-subnet"), "iptables");
    assert.deepEqual(settings(adapted), {
      DATASTORE_TYPE: "kubernetes",
      IP: "autodetect",
      IP_AUTODETECTION_METHOD: "cidr=198.18.1.0/24,198.18.2.0/24",
      CALICO_IPV4POOL_CIDR: "198.19.0.0/17",
      CALICO_IPV4POOL_BLOCK_SIZE: "26",
      CALICO_IPV4POOL_VXLAN: "CrossSubnet",
      CALICO_IPV4POOL_NAT_OUTGOING: "true",
      CALICO_IPV4POOL_IPIP: "Never",
    });
    assert.deepEqual(adapted[1], manifest[1]);
    const text = JSON.stringify(adapted);
    assert.match(text, /"maxUnavailable":"100%"/);
    assert.match(text, /\\"assign_ipv4\\": \\"true\\", \\"assign_ipv6\\": \\"false\\"/);
  });

  it("gives both families their pools, IPv6 never IPIP, and the asked way of handling packets", async () => {
    const plan = planTopology(await loadTopology("dual-stack"));
    const env = settings(adaptManifest(manifest, plan, modeNamed("ipip-always"), "nftables"));
    assert.equal(env.CALICO_IPV4POOL_IPIP, "Always");
    assert.equal(env.CALICO_IPV6POOL_VXLAN, "Never");
    assert.equal(env.IP6, "autodetect");
    assert.equal(env.FELIX_IPV6SUPPORT, "true");
    assert.equal(env.FELIX_NFTABLESMODE, "Enabled");
  });

  it("refuses a manifest without calico-node", async () => {
    const plan = planTopology(await loadTopology("two-racks"));
    assert.throws(() => adaptManifest(manifest.slice(0, 2), plan, modeNamed("none"), "iptables"), /no DaemonSet/);
  });
});

describe("renderInstallation", () => {
  it("names mode, pools and address detection in the operator's words, with an API server", async () => {
    const plan = planTopology(await loadTopology("dual-stack"));
    const [installation, server] = renderInstallation(plan, modeNamed("ipip-cross-subnet"), "nftables");
    const text = JSON.stringify(installation);
    assert.match(text, /"blockSize":26,"encapsulation":"IPIPCrossSubnet"/);
    assert.match(text, /"blockSize":122,"encapsulation":"None"/);
    assert.match(text, /"linuxDataplane":"Nftables"/);
    assert.match(text, /"nodeAddressAutodetectionV4":\{"cidrs":\["198\.18\.1\.0\/24"/);
    assert.equal(server?.kind, "APIServer");
  });
});

describe("readManifest", () => {
  it("names the file that a folder lacks, and the folder that it wants", async () => {
    await assert.rejects(
      readManifest({ version: "v3.32.1", folder: "/no/such" }, "calico.yaml"),
      /\/no\/such\/calico\.yaml cannot be read/,
    );
  });
});

describe("installCalico", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    const documents = (objects: readonly object[]): string => objects.map((object) => stringify(object)).join("---\n");
    await writeFile(join(folder, "calico.yaml"), documents(manifest));
    await writeFile(join(folder, "operator-crds.yaml"), documents([{ kind: "CustomResourceDefinition" }]));
    await writeFile(
      join(folder, "tigera-operator.yaml"),
      documents([{ kind: "Deployment", metadata: { name: "tigera-operator" } }]),
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const recorded = (name: string): Promise<string> =>
    readFile(join(import.meta.dirname, "testdata", `${name}.json`), "utf8");
  const ready = { metadata: { name: "calico-node-x" }, spec: {}, status: { phase: "Running", containerStatuses: [] } };

  async function install(by: "operator" | "manifest", commands: readonly ScriptedAnswer[]) {
    const plan = planTopology(await loadTopology("two-racks"));
    const prefix = by === "operator" ? "operator" : "manifest";
    const unknown = { exitCode: 1, stderr: "error: the server doesn't have a resource type" };
    const pools = join(import.meta.dirname, "..", "..", "kubernetes", "testdata", "manifest-CrossSubnet-ippools.json");
    const executor = scriptedExecutor([
      ...commands,
      { command: / version -o json$/, always: true, stdout: '{"serverVersion":{"gitVersion":"v1.34.10"}}' },
      {
        command: / get pods .*-l k8s-app=calico-node /,
        always: true,
        stdout: JSON.stringify({ items: plan.nodes.map(() => ready) }),
      },
      { command: / get ippools/, always: true, stdout: await readFile(pools, "utf8") },
      { command: / get clusterinformations/, always: true, stdout: await recorded(`${prefix}-clusterinformations`) },
      {
        command: / get daemonsets/,
        always: true,
        stdout: await recorded(by === "operator" ? "operator-daemonsets" : "manifest-daemonset"),
      },
      by === "operator"
        ? { command: / get installations.* -o json/, always: true, stdout: await recorded("operator-installations") }
        : { command: / get installations/, always: true, ...unknown },
      { command: / get tigerastatuses/, always: true, ...unknown },
      { command: / get configmap calico-config/, always: true, stdout: '{"data":{"calico_backend":"bird"}}' },
    ]);
    const access = { executor, kubectl: ["kubectl"], name: "cluster c" };
    const how = { by, version: "v3.32.1", folder, linuxDataplane: "iptables" } as const;
    const state = await installCalico(access, plan, modeNamed("vxlan-cross-subnet"), how, new Stopwatch());
    executor.assertDone();
    return state;
  }

  it("creates the adapted manifest, and returns once calico-node is ready everywhere", async () => {
    const state = await install("manifest", [
      { command: / create --validate=false -f -$/, input: /"CALICO_IPV4POOL_VXLAN","value":"CrossSubnet"/ },
    ]);
    assert.equal(state.version, "v3.32.1");
    assert.equal(state.nodeDaemon?.backend, "bird");
  });

  it("creates definitions, operator and Installation one after the other", async () => {
    const state = await install("operator", [
      { command: / create --validate=false -f -$/, input: /CustomResourceDefinition/ },
      { command: / create --validate=false -f -$/, input: /tigera-operator/ },
      { command: / get installations\.operator\.tigera\.io$/ },
      { command: / rollout status deployment\/tigera-operator -n tigera-operator / },
      { command: / create --validate=false -f -$/, input: /"encapsulation":"VXLANCrossSubnet".*APIServer/ },
    ]);
    assert.equal(state.installation?.name, "default");
  });
});
