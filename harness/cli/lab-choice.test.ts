import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { chooseLabs, variantsOf } from "./lab-choice.ts";

type Words = Readonly<Record<string, unknown>>;

const choose = (given: Words): ReturnType<typeof chooseLabs> =>
  chooseLabs({ provider: "auto", dataplane: "auto", ...given });

describe("choice of labs", () => {
  for (const [given, pattern] of [
    [{ provider: "netns", kernel: ["6.1"] }, /--kernel has no effect.*netns/],
    [{ provider: "docker", image: "x.qcow2" }, /--image has no effect.*docker/],
    [{ provider: "vm", agentImage: "agent:1" }, /--agent-image has no effect/],
    [{ provider: "netns", inventory: "hosts.yaml" }, /--inventory has no effect/],
    [{ nodeImage: "kindest/node:v1.34.0" }, /--node-image has no effect.*netns, docker, vm/],
    [{ provider: "kind", calicoArchive: "calico.tar" }, /--calico-archive has no effect/],
    [{ provider: "kind", allowModeChange: true }, /--allow-mode-change has no effect/],
    [{ kubeconfig: "admin.conf", calicoVersion: "v3.32.1" }, /--calico-version has no effect/],
    [{ dataplane: "reference", calicoBin: "calico" }, /--calico-bin has no effect/],
    [{ etcd: "/usr/bin/etcd" }, /--etcd has no effect/],
  ] as const satisfies readonly (readonly [Words, RegExp])[]) {
    it(`refuses what would do nothing: ${JSON.stringify(given)}`, () => {
      assert.throws(
        () => choose(given),
        (error) => error instanceof UsageError && pattern.test(error.message),
      );
    });
  }

  it("names who would use a flag", () => {
    assert.throws(
      () => choose({ provider: "netns", kernel: ["6.1"] }),
      (error) => error instanceof UsageError && (error.details.fix ?? "").includes("--provider vm"),
    );
  });

  it("takes the flags of all whom auto may try", () => {
    const { offers, dataplane } = choose({ agentImage: "agent:1", calicoBin: "calico" });
    assert.deepEqual(
      offers.map(({ name }) => name),
      ["netns", "docker", "vm"],
    );
    assert.equal(dataplane.offer.name, "calico");
    assert.equal(dataplane.because, undefined);
  });

  it("says why the reference runs only where nobody asked for it", () => {
    assert.match(choose({}).dataplane.because ?? "", /no Calico was given/);
    assert.equal(choose({ dataplane: "reference" }).dataplane.because, undefined);
    assert.equal(choose({ provider: "kind" }).dataplane.offer.cluster, "lab");
    assert.equal(choose({ kubeconfig: "admin.conf" }).dataplane.offer.cluster, "guest");
  });

  it("refuses the reference dataplane in a cluster", () => {
    assert.throws(() => choose({ provider: "kind", dataplane: "reference" }), /cannot be installed in a cluster/);
  });

  it("makes one variant for each kernel and for each release, and one without a name otherwise", async () => {
    const two = await variantsOf(choose({ kernel: ["6.1", "6.12"] }));
    assert.deepEqual(
      two.map(({ name, providers }) => [name, providers.map((provider) => provider.name)]),
      [
        ["kernel 6.1", ["vm"]],
        ["kernel 6.12", ["vm"]],
      ],
    );
    const mixed = await variantsOf(choose({ calico: ["calico/node:v3.30.7", "calico/node:v3.32.1"] }));
    assert.deepEqual(
      mixed.map(({ name, dataplane }) => [name, dataplane?.name]),
      [
        ["node:v3.30.7", "calico"],
        ["node:v3.32.1", "calico"],
      ],
    );
    const [one, ...others] = await variantsOf(choose({ kernel: ["6.1"] }));
    assert.equal(one?.name, undefined);
    assert.equal(others.length, 0);
  });
});
