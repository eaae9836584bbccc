import assert from "node:assert/strict";
import type { CalicoFiles } from "./calico-source.ts";
import { namesOf, type Release } from "./node-calico.ts";

function releaseOf(version: string): Release {
  const tested = [{ name: `calico-node ${version}`, sha256: "00" }];
  return { files: {} as CalicoFiles, rules: "iptables", version, tested };
}

describe("what stands behind the name of a lab's Calico", () => {
  it("is its release, which a record tells from another by name and not by the title alone", () => {
    const { title, versions } = namesOf(releaseOf("v3.32.1"));
    assert.match(title, /^Calico v3\.32\.1 /);
    assert.deepEqual(versions, { calico: "v3.32.1" });
    const { versions: withBird } = namesOf({ ...releaseOf("v3.32.1"), bird: "v0.3.3+birdv1.6.8" });
    assert.deepEqual(withBird, { calico: "v3.32.1", BIRD: "v0.3.3+birdv1.6.8" });
  });

  it("names the nodes that run another, and counts what they run as tested", () => {
    const { versions, tested } = namesOf({
      ...releaseOf("v3.32.1"),
      others: new Map([["a1", releaseOf("v3.30.7")]]),
    });
    assert.deepEqual(versions, { calico: "v3.32.1", "calico on a1": "v3.30.7" });
    assert.deepEqual(
      tested.map(({ name }) => name),
      ["calico-node v3.32.1", "calico-node v3.30.7"],
    );
  });
});
