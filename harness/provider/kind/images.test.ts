import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { fullName, loadIntoNodes, loadNodeImage, nodeImageOf, readArchives } from "./images.ts";

const inspect = (image: string): string => `docker image inspect --format '{{.Id}}' ${image}`;
const inNode = (name: string): string =>
  `docker exec encaplab-kind-7f3kq-${name} ctr --namespace k8s.io images ls --quiet`;

/** What `ctr images ls --quiet` printed on a node (containerd 1.6), shortened. */
const images = `docker.io/library/encaplab-agent:dev
quay.io/calico/cni:v3.32.1
quay.io/calico/node:v3.32.1
registry.k8s.io/pause:3.10.1
sha256:1d119ac4a3943da757d6a7d01deb20cd141ef3253f5586ce5b62747781b118b8
`;

describe("archives of images", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    const host = localExecutor();
    const manifest = [{ Config: "c.json", RepoTags: ["kindest/node:v1.34.3"], Layers: [] }, { RepoTags: null }];
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    await host.run(["tar", "-C", folder, "-cf", join(folder, "node.tar"), "manifest.json"]);
    await writeFile(join(folder, "other.json"), "{}");
    await host.run(["tar", "-C", folder, "-cf", join(folder, "empty.tar"), "other.json"]);
    await writeFile(join(folder, "text.tar"), "no archive at all");
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("tell which images they hold", async () => {
    const file = join(folder, "node.tar");
    const { archives, problems } = await readArchives(localExecutor(), [file]);
    assert.deepEqual(problems, []);
    assert.deepEqual(archives, [{ file, tags: ["kindest/node:v1.34.3"] }]);
    assert.equal(nodeImageOf(undefined, archives), "kindest/node:v1.34.3");
    assert.equal(nodeImageOf("mine:1", archives), "mine:1");
    assert.equal(nodeImageOf(undefined, []), undefined);
  });

  it("that are none, or not there, are problems with the way to make one", async () => {
    const files = ["empty.tar", "text.tar", "gone.tar"].map((name) => join(folder, name));
    const { archives, problems } = await readArchives(localExecutor(), files);
    assert.deepEqual(archives, []);
    assert.equal(problems.length, 3);
    for (const [index, { what, fix }] of problems.entries()) {
      assert.ok(what.startsWith(`${files[index] ?? ""} is not a valid image archive: `), what);
      assert.match(fix, /docker save/);
    }
  });
});

describe("images of a kind lab", () => {
  const archive = { file: "node.tar", tags: ["kindest/node:v1.34.3"] };

  it("load the node image from its archive only where Docker lacks it", async () => {
    const lacking = scriptedExecutor([
      { command: inspect("kindest/node:v1.34.3"), exitCode: 1 },
      { command: "docker load --quiet --input node.tar" },
    ]);
    await loadNodeImage(lacking, "kindest/node:v1.34.3", [archive]);
    lacking.assertDone();
    const there = scriptedExecutor([{ command: inspect("kindest/node:v1.34.3") }]);
    await loadNodeImage(there, "kindest/node:v1.34.3", [archive]);
    const elsewhere = scriptedExecutor([]);
    await loadNodeImage(elsewhere, "kindest/node:v1.33.0", [archive]);
    assert.deepEqual(elsewhere.asked, []);
  });

  it("load nothing into nodes that have everything", async () => {
    const host = scriptedExecutor([
      { command: inNode("control-plane"), stdout: images, always: true },
      { command: inNode("worker"), stdout: images, always: true },
    ]);
    const calico = { file: "calico.tar", tags: ["quay.io/calico/node:v3.32.1", "quay.io/calico/cni:v3.32.1"] };
    await loadIntoNodes(host, "7f3kq", 2, wanted([calico], ["encaplab-agent:dev"]));
    assert.equal(host.asked.length, 2);
  });

  it("load what a single node lacks", async () => {
    const host = scriptedExecutor([
      { command: inNode("control-plane"), stdout: images, always: true },
      { command: inNode("worker"), stdout: "registry.k8s.io/pause:3.10.1\n", always: true },
      { command: "kind load image-archive calico.tar --name encaplab-kind-7f3kq" },
      { command: "kind load docker-image encaplab-agent:dev --name encaplab-kind-7f3kq" },
    ]);
    const calico = { file: "calico.tar", tags: ["quay.io/calico/node:v3.32.1"] };
    await loadIntoNodes(host, "7f3kq", 2, wanted([calico], ["encaplab-agent:dev"]));
    host.assertDone();
  });

  it("name the node whose container runtime does not answer", async () => {
    const stderr = "ctr: cannot access containerd socket\n";
    const host = scriptedExecutor([{ command: inNode("control-plane"), exitCode: 1, stderr }]);
    await assert.rejects(loadIntoNodes(host, "7f3kq", 1, wanted([], [])), (error) => {
      assert.ok(error instanceof LabError);
      assert.equal(error.details.where, "encaplab-kind-7f3kq-control-plane");
      return true;
    });
  });

  it("have the names that containerd gives them", () => {
    assert.equal(fullName("encaplab-agent:dev"), "docker.io/library/encaplab-agent:dev");
    assert.equal(fullName("kindest/node:v1"), "docker.io/kindest/node:v1");
    assert.equal(fullName("localhost/a"), "localhost/a:latest");
    assert.equal(fullName("registry.example:5000/a/b"), "registry.example:5000/a/b:latest");
    assert.equal(fullName("quay.io/calico/node:v3.32.1"), "quay.io/calico/node:v3.32.1");
    assert.equal(fullName("alpine@sha256:0123"), "docker.io/library/alpine@sha256:0123");
  });
});

function wanted(
  archives: readonly { readonly file: string; readonly tags: readonly string[] }[],
  own: readonly string[],
): Parameters<typeof loadIntoNodes>[3] {
  return { kind: "kind", cluster: "encaplab-kind-7f3kq", archives, images: own };
}
