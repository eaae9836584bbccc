import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { locateCalico } from "./locate.ts";
import { imagesOf, pullImages } from "./pull-images.ts";

const host = localExecutor();

describe("references of Calico's images", () => {
  it("are those of a registry unless they name another transport", () => {
    assert.deepEqual(imagesOf("example.org/c/all:v1, oci:/tmp/layout:x"), [
      "docker://example.org/c/all:v1",
      "oci:/tmp/layout:x",
    ]);
  });

  it("mean the CNI plugin's image too where they name the node's alone by a tag", () => {
    assert.deepEqual(imagesOf("quay.io/calico/node:v3.32.1"), [
      "docker://quay.io/calico/node:v3.32.1",
      "docker://quay.io/calico/cni:v3.32.1",
    ]);
    assert.deepEqual(imagesOf("localhost:5000/calico/node"), [
      "docker://localhost:5000/calico/node",
      "docker://localhost:5000/calico/cni",
    ]);
    assert.equal(imagesOf("quay.io/calico/node@sha256:0123").length, 1);
    assert.equal(imagesOf("quay.io/node/all:v1").length, 1);
  });
});

describe("images that are pulled (real skopeo)", function () {
  this.timeout(60_000);
  let folder: string;

  before(async function () {
    const { exitCode } = await host.tryRun(["sh", "-c", "command -v skopeo"]);
    if (exitCode !== 0) skipFor(this, "no skopeo here: install the package skopeo");
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-pull-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** An OCI layout with one image that holds these empty programs. */
  const image = async (name: string, programs: readonly string[]): Promise<string> => {
    const files = join(folder, `${name}-files`);
    for (const program of programs) {
      await mkdir(dirname(join(files, program)), { recursive: true });
      await writeFile(join(files, program), name);
      await chmod(join(files, program), 0o755);
    }
    const saved = join(folder, `${name}-saved`);
    await mkdir(saved);
    await host.run(["tar", "-cf", join(saved, "layer.tar"), "-C", files, "."]);
    const sum = (await host.run(["sha256sum", join(saved, "layer.tar")])).stdout.slice(0, 64);
    const config = { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [`sha256:${sum}`] } };
    await writeFile(join(saved, "config.json"), JSON.stringify(config));
    const manifest = [{ Config: "config.json", RepoTags: [`${name}:v1`], Layers: ["layer.tar"] }];
    await writeFile(join(saved, "manifest.json"), JSON.stringify(manifest));
    await host.run(["tar", "-cf", join(folder, `${name}.tar`), "-C", saved, "."]);
    const layout = `oci:${join(folder, name)}:v1`;
    await host.run(["skopeo", "copy", "--quiet", `docker-archive:${join(folder, `${name}.tar`)}`, layout]);
    return layout;
  };

  it("become one Calico, out of an image for the node and one for the plugin, and are copied once", async () => {
    const reference = `${await image("node", ["usr/bin/calico-node"])},${await image("cni", ["opt/cni/bin/calico"])}`;
    const cache = join(folder, "cache");
    const located = await locateCalico({ kind: "image", reference }, cache);
    assert.ok("files" in located, JSON.stringify(located));
    assert.equal(await readFile(join(located.files.root ?? "", "opt/cni/bin/calico"), "utf8"), "cni");
    const before = await readdir(cache);
    assert.equal(before.filter((name) => name.endsWith(".tar")).length, 1);
    await locateCalico({ kind: "image", reference }, cache);
    assert.deepEqual(await readdir(cache), before);
  });

  it("are used as last seen while their registry cannot be reached", async () => {
    const reference = await image("all", ["usr/bin/calico-node", "opt/cni/bin/calico"]);
    const cache = join(folder, "cache");
    const file = await pullImages(reference, cache);
    await rename(join(folder, "all"), join(folder, "gone"));
    assert.equal(await pullImages(reference, cache), file);
    await rm(file);
    await assert.rejects(pullImages(reference, cache), /could not be pulled/);
  });

  it("that are not there are told with what skopeo said, and leave nothing", async () => {
    const cache = join(folder, "cache");
    const located = await locateCalico({ kind: "image", reference: `oci:${join(folder, "absent")}:v1` }, cache);
    assert.ok("problem" in located);
    assert.match(located.problem.what, /absent:v1 could not be pulled: .*no such file/);
    assert.match(located.problem.fix, /--calico-archive FILE/);
    assert.deepEqual(await readdir(cache), []);
  });
});

describe("images without skopeo", () => {
  it("say which package is missing", async () => {
    const cache = await mkdtemp(join(tmpdir(), "encaplab-pull-"));
    try {
      const bare = localExecutor({ env: { PATH: cache } });
      await assert.rejects(pullImages("quay.io/calico/node:v1", cache, bare), (error) => {
        assert.ok(error instanceof LabError);
        assert.match(error.message, /cannot be pulled without skopeo/);
        assert.match(error.details.fix ?? "", /install the package skopeo/);
        return true;
      });
    } finally {
      await rm(cache, { recursive: true });
    }
  });
});
