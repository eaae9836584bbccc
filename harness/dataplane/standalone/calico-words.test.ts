import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCalicoWords, releaseName, releasesIn, wordOfTheRest } from "./calico-words.ts";

describe("--calico", () => {
  let folder = "";
  let archive = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-calico-"));
    archive = join(folder, "calico-v3.32.1.tar");
    await writeFile(archive, "");
  });
  after(() => rm(folder, { recursive: true }));

  it("takes a folder, an archive or an image", () => {
    assert.deepEqual(readCalicoWords([folder]).source, { kind: "bin", folder });
    assert.deepEqual(readCalicoWords([archive]).source, { kind: "archive", file: archive });
    const reference = "quay.io/calico/node:v3.32.1";
    assert.deepEqual(readCalicoWords([reference]).source, { kind: "image", reference });
    assert.throws(() => readCalicoWords(["./gone.tar"]), /no such file or folder/);
  });

  it("gives some nodes another release than the rest", () => {
    const { source, nodes } = readCalicoWords([`a1=${archive}`, `*=${folder}`]);
    assert.deepEqual(source, { kind: "bin", folder });
    assert.deepEqual([...(nodes ?? [])], [["a1", { kind: "archive", file: archive }]]);
  });

  it("knows what all run once those that are named have been upgraded", () => {
    assert.equal(wordOfTheRest([`a1=${archive}`, `*=${folder}`, "b1=x"]), folder);
    assert.throws(() => wordOfTheRest([folder]), RangeError);
  });

  it("refuses what leaves a node without a release, or with two", () => {
    for (const words of [["a1=x"], ["*=x", "*=y"], ["a1=x", "y"]])
      assert.throws(() => readCalicoWords(words), /does not say which release every node runs/);
    assert.throws(() => readCalicoWords([folder, archive]), /names 2 releases, and a lab runs one/);
  });

  it("lists the releases that are run one after the other", () => {
    assert.deepEqual(releasesIn(["x", "y"]), ["x", "y"]);
    assert.deepEqual(releasesIn(["a1=x", "*=y"]), []);
    assert.equal(releaseName("/tmp/calico-v3.32.1.tar"), "calico-v3.32.1");
  });
});
