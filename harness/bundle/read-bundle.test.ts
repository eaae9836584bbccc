import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { UsageError } from "../core/errors.ts";
import { nodePartOf, holdsObjects } from "./bundle.ts";
import { bundleFiles } from "./bundle.fixture.ts";
import { describeCluster } from "./described-cluster.ts";
import { isBundle } from "./is-bundle.ts";
import { readBundle } from "./read-bundle.ts";

describe("a bundle's reader", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function archive(
    entries: readonly (readonly [string, string])[],
    links: readonly string[] = [],
  ): Promise<string> {
    const tar = pack();
    for (const [name, content] of entries) tar.entry({ name }, content);
    for (const name of links) tar.entry({ name, type: "symlink", linkname: "/etc/shadow" });
    tar.finalize();
    const path = join(folder, "calico-diagnostics.tar.gz");
    await pipeline(tar, createGzip(), createWriteStream(path));
    return path;
  }

  it("reads an archive as calicoctl makes it, with a terminal's line ends, and leaves all but its few files alone", async () => {
    const own = [...(await bundleFiles())].map(
      ([path, text]) => [`calico-diagnostics-1/${path}`, text.replaceAll("\n", "\r\n")] as const,
    );
    const path = await archive([
      ...own,
      ["calico-diagnostics-1/tls/calico-system_node-certs.yaml", "tls.key: c2VjcmV0"],
      ["calico-diagnostics-1/cluster/kubernetes/configmaps.yaml", "password: hunter2"],
      ["calico-diagnostics-1/nodes/a1/calico-system/calico-node-x.log", "token"],
    ]);
    assert.equal(await isBundle(path), true);
    const bundle = await readBundle(path);
    assert.equal(
      [...bundle.files.values()].some((text) => /c2Vj|hunter2|token|\r/.test(text)),
      false,
    );
    const cluster = describeCluster(bundle);
    assert.deepEqual(
      cluster.facts.map(({ node, routes }) => [node, routes.length]),
      ["a1", "a2", "b1", "b2"].map((node) => [node, 9]),
    );
  });

  it("follows no link and no name that leads out, and writes nothing", async () => {
    const path = await archive(
      [
        ["../../nodes/a1/ip-route.txt", "default via 1.2.3.4 dev eth0"],
        ["/nodes/a1/ip-rule.txt", "0: from all lookup local"],
      ],
      ["nodes/a1/ip-neigh.txt"],
    );
    const { files, notes } = await readBundle(path);
    assert.deepEqual([...files.keys()], []);
    assert.equal(notes.filter((note) => note.includes("leads out of the bundle")).length, 2);
    assert.ok(notes.includes("not read: nodes/a1/ip-neigh.txt (a link, and links are not followed)"));
    await mkdir(join(folder, "unpacked", "a1"), { recursive: true });
    await symlink("/etc/passwd", join(folder, "unpacked", "a1", "ip-route.txt"));
    assert.equal((await readBundle(join(folder, "unpacked"))).files.size, 0);
  });

  it("passes over a file that is too large, and says so", async () => {
    await mkdir(join(folder, "big", "a1"), { recursive: true });
    await writeFile(join(folder, "big", "a1", "ip-route.txt"), "");
    await truncate(join(folder, "big", "a1", "ip-route.txt"), 5 * 2 ** 20);
    const { files, notes } = await readBundle(join(folder, "big"));
    assert.equal(files.size, 0);
    assert.match(notes[0] ?? "", /ip-route\.txt \(5242880 bytes, more than 4194304\)/);
  });

  it("refuses a cut archive with one clear error", async () => {
    const path = await archive([["nodes/a1/ip-route.txt", "default via 1.2.3.4 dev eth0\n".repeat(5000)]]);
    await truncate(path, 60);
    await assert.rejects(readBundle(path), (error) => error instanceof UsageError && error.message.includes("whole"));
  });

  it("refuses an archive that ends within a file that it reads", async () => {
    const noise = randomBytes(100_000).toString("hex");
    const path = await archive([["nodes/a1/ip-route.txt", noise]]);
    await truncate(path, 60_000);
    await assert.rejects(readBundle(path), (error) => error instanceof UsageError && error.message.includes("whole"));
  });

  it("does not let aliases of YAML unfold without end", async () => {
    const files = await bundleFiles();
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [at, from] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg"].map((pair) => [pair[0], pair[1]]))
      bomb.push(`${at ?? ""}: &${at ?? ""} [*${Array(9).fill(from).join(",*")}]`);
    files.set("cluster/crd/felixconfigurations.yaml", bomb.join("\n"));
    const { notes } = describeCluster({ name: "t", files, notes: [] });
    assert.match(notes.join("\n"), /not read: cluster\/crd\/felixconfigurations\.yaml/);
  });

  it("takes folders and archives for bundles, and captures for captures", async () => {
    const capture = join(folder, "x.pcap");
    await writeFile(capture, Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex"));
    assert.deepEqual([await isBundle(folder), await isBundle(capture), await isBundle("-")], [true, false, false]);
  });
});

describe("the names of a bundle's files", () => {
  it("are taken for what their command tells", () => {
    const parts = [
      ...[
        "ip-route.txt",
        "ip-route-v6.txt",
        "ip r",
        "ip_-6_route.out",
        "ip-d-link.txt",
        "ip-j-addr.json",
        "ip-rule.txt",
      ],
      ...["ip-neigh.txt", "bridge-fdb.txt", "ip-route-get.txt", "iptables-nft-save.txt", "calico-node.log", "ip-n.txt"],
    ].map(nodePartOf);
    assert.deepEqual(parts, [
      ...["routes", "routes6", "routes", "routes6", "links", "addresses", "rules"],
      ...["neighbors", "fdb", undefined, undefined, undefined, "neighbors"],
    ]);
  });

  it("say which files hold objects", () => {
    assert.deepEqual(
      [
        "nodes.yaml",
        "ippools.crd.projectcalico.org.yaml",
        "kubectl-get-nodes.json",
        "nodes.txt",
        "configmaps.yaml",
      ].map(holdsObjects),
      [true, true, true, false, false],
    );
  });
});
