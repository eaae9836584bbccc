import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { askedDataplane } from "../dataplane/registry.ts";
import type { LabLabel } from "../lab/lab.ts";
import { providerNamed } from "../provider/registry.ts";
import { chooseLabs } from "./lab-choice.ts";
import { memoryOf, recalledFlags } from "./lab-memory.ts";

type Words = Readonly<Record<string, unknown>>;

const paths = { profile: "full", paths: ["pod-to-pod"], shard: "1/2" } as const;

const labs = (given: Words): ReturnType<typeof chooseLabs> =>
  chooseLabs({ provider: "auto", dataplane: "auto", ...given });

const remembered = (given: Words): ReturnType<typeof memoryOf> =>
  memoryOf({ ...paths, paths: [...paths.paths] }, labs(given));

const label = (flags: LabLabel["flags"]): LabLabel => ({
  topology: "two-racks",
  digest: "d",
  families: [4],
  kept: true,
  ...(flags === undefined ? {} : { flags }),
});

describe("memory of a lab", () => {
  it("has the paths that were asked for", async () => {
    assert.deepEqual((await remembered({})).asked, paths);
  });

  it("has whole paths of files, and of programs that are no names on the PATH", async () => {
    const { flags } = await remembered({ provider: "kind", kind: "bin/kind", kubectl: "kubectl", nodeImage: "x:1" });
    assert.deepEqual(
      flags?.provider,
      { kind: resolve("bin/kind"), kubectl: "kubectl" },
      "what reaching it takes alone",
    );
    const folder = await remembered({ calicoBin: "calico" });
    assert.deepEqual(folder.flags?.dataplane, { calicoBin: resolve("calico") });
  });

  it("has nothing of a Calico that cannot be found: building with it fails", async () => {
    const cache = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    try {
      const { flags } = await remembered({ calicoArchive: join(cache, "none.tar"), cache });
      assert.deepEqual(flags?.dataplane, {});
    } finally {
      await rm(cache, { recursive: true });
    }
  });

  it("gives back what a check is not given itself", () => {
    const owners = { provider: providerNamed("kind"), dataplane: askedDataplane("calico", {}, "lab").offer };
    const built = label({ provider: { kind: "/opt/kind", kubectl: "/opt/kubectl" }, dataplane: {} });
    assert.deepEqual(recalledFlags(built, {}, owners), { kind: "/opt/kind", kubectl: "/opt/kubectl" });
    assert.deepEqual(recalledFlags(built, { kind: "kind" }, owners), {});
    assert.deepEqual(recalledFlags(label(undefined), {}, owners), {}, "a label of an older release");
  });

  it("lets another Calico take the place of the one that was unpacked", () => {
    const owners = { provider: providerNamed("netns"), dataplane: askedDataplane("calico", {}).offer };
    const built = label({ provider: {}, dataplane: { calicoRoot: "/cache/calico-1" } });
    assert.deepEqual(recalledFlags(built, {}, owners), { calicoRoot: "/cache/calico-1" });
    assert.deepEqual(recalledFlags(built, { calicoBin: "calico" }, owners), {});
  });
});
