import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { locateCalico } from "./locate.ts";
import { unpackArchive } from "./unpack-archive.ts";

/** Files of a layer by path; a value that starts with `->` is a link. */
type Layer = Readonly<Record<string, string>>;

const host = localExecutor();

describe("image archives", function () {
  this.timeout(20_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-archive-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const write = async (at: string, files: Layer): Promise<void> => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      if (content.startsWith("->")) await symlink(content.slice(2), join(at, path));
      else await writeFile(join(at, path), content);
      if (!content.startsWith("->")) await chmod(join(at, path), 0o755);
    }
  };

  /** A docker-save archive of one image with these layers, packed or not. */
  const archiveOf = async (layers: readonly Layer[], pack = "-cf"): Promise<string> => {
    const image = join(folder, "image");
    const names = layers.map((_, index) => `${index}/layer.tar`);
    for (const [index, layer] of layers.entries()) {
      const at = join(folder, `files-${index}`);
      await mkdir(at);
      await write(at, layer);
      await mkdir(join(image, String(index)), { recursive: true });
      await host.run(["tar", pack, join(image, String(index), "layer.tar"), "-C", at, "."]);
    }
    await writeFile(join(image, "manifest.json"), JSON.stringify([{ Layers: names }]));
    const file = join(folder, "image.tar");
    await host.run(["tar", "-cf", file, "-C", image, "."]);
    return file;
  };

  const unpacked = async (layers: readonly Layer[], pack?: string): Promise<string> =>
    unpackArchive(await archiveOf(layers, pack), join(folder, "cache"));

  it("become one root file system, later layers over earlier ones, removals included", async () => {
    const root = await unpacked(
      [
        { "usr/bin/tool": "old", "etc/keep": "kept", "etc/gone": "x", "opt/a/old": "x", bin: "->usr/bin" },
        { "usr/bin/tool": "new", "etc/.wh.gone": "", "opt/a/.wh..wh..opq": "", "opt/a/new": "y", "bin/other": "z" },
      ],
      "-czf",
    );
    assert.equal(await readFile(join(root, "usr/bin/tool"), "utf8"), "new");
    assert.equal(await readFile(join(root, "usr/bin/other"), "utf8"), "z");
    assert.deepEqual(await readdir(join(root, "etc")), ["keep"]);
    assert.deepEqual(await readdir(join(root, "opt/a")), ["new"]);
  });

  it("write nothing outside of their root through links", async () => {
    const outside = join(folder, "outside");
    await mkdir(outside);
    const root = await unpacked([
      { absolute: `->${outside}`, climbing: "->../../../../../../outside", loop: "->loop" },
      { "absolute/file": "1", "climbing/file": "2", "loop/file": "3" },
    ]);
    assert.deepEqual(await readdir(outside), []);
    assert.equal(await readFile(join(root, "loop/file"), "utf8"), "3");
  });

  it("are unpacked once: the second time the cache answers", async () => {
    const file = await archiveOf([{ "usr/bin/tool": "x" }]);
    const cache = join(folder, "cache");
    const root = await unpackArchive(file, cache);
    await writeFile(join(root, "mark"), "");
    assert.equal(await unpackArchive(file, cache), root);
    assert.ok((await readdir(root)).includes("mark"));
    assert.deepEqual(await readdir(cache), [root.slice(cache.length + 1)]);
  });

  it("are read as OCI layouts too", async () => {
    const image = join(folder, "image");
    const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
    const blob = (letter: string): string => join(image, "blobs/sha256", letter.repeat(64));
    await write(join(folder, "files"), { "usr/bin/tool": "oci" });
    await mkdir(dirname(blob("a")), { recursive: true });
    await host.run(["tar", "-czf", blob("c"), "-C", join(folder, "files"), "."]);
    await writeFile(blob("b"), JSON.stringify({ layers: [{ digest: digest("c") }] }));
    const platforms = ["amd64", "arm64", "ppc64le", "s390x"].map((architecture) => ({ architecture, os: "linux" }));
    await writeFile(
      blob("a"),
      JSON.stringify({
        manifests: [
          ...platforms.map((platform) => ({ digest: digest("b"), platform })),
          { digest: digest("d"), platform: { architecture: "unknown", os: "unknown" } },
        ],
      }),
    );
    await writeFile(join(image, "index.json"), JSON.stringify({ manifests: [{ digest: digest("a") }] }));
    const file = join(folder, "oci.tar");
    await host.run(["tar", "-cf", file, "-C", image, "."]);
    const root = await unpackArchive(file, join(folder, "cache"));
    assert.equal(await readFile(join(root, "usr/bin/tool"), "utf8"), "oci");
  });

  it("are refused with the way to make one where they are none, and leave nothing in the cache", async () => {
    const cache = join(folder, "cache");
    const text = join(folder, "text");
    await writeFile(text, "no archive");
    const tar = join(folder, "some.tar");
    await host.run(["tar", "-cf", tar, "-C", folder, "text"]);
    for (const file of [text, tar]) {
      await assert.rejects(
        unpackArchive(file, cache),
        (error) => error instanceof LabError && error.details.fix?.includes("docker save") === true,
      );
    }
    assert.deepEqual(await readdir(cache), []);
    await assert.rejects(unpackArchive(join(folder, "absent"), cache), /cannot be read/);
  });

  it("hold a Calico where both its programs are in them, wherever images put them", async () => {
    const bird = { "bin/bird": "x", "bin/bird6": "x", "bin/birdcl": "x", "etc/calico/confd/conf.d/bird.toml": "x" };
    const file = await archiveOf([{ "bin/calico-node": "x", ...bird }, { "opt/cni/bin/calico": "x" }]);
    const located = await locateCalico({ kind: "archive", file }, join(folder, "cache"));
    assert.ok("files" in located);
    const { root, ...files } = located.files;
    assert.ok(root?.startsWith(join(folder, "cache")));
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    assert.deepEqual(files, {
      archive: { name: basename(file), sha256 },
      calicoNode: "/bin/calico-node",
      cniPlugin: "/opt/cni/bin/calico",
      bgp: { bird: "/bin/bird", bird6: "/bin/bird6", birdcl: "/bin/birdcl", confd: "/etc/calico/confd" },
    });
  });

  it("that lack the CNI plugin are said to", async () => {
    const file = await archiveOf([{ "bin/calico-node": "x" }]);
    const located = await locateCalico({ kind: "archive", file }, join(folder, "cache"));
    assert.ok("problem" in located);
    assert.match(located.problem.what, /no CNI plugin/);
    assert.match(located.problem.fix, /both images/);
  });
});
