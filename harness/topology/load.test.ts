import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { contains } from "./address.ts";
import { listTopologies, loadTopology, topologyFolder, topologyWord } from "./load.ts";
import { planTopology } from "./make-plan.ts";
import { validateTopology } from "./validate.ts";

const names = readdirSync(topologyFolder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => basename(file, ".yaml"))
  .sort();

describe("loadTopology", () => {
  it("knows the topologies that come with encaplab", async () => {
    assert.deepEqual(await listTopologies(), names);
    assert.ok(names.includes("two-racks"));
  });

  for (const name of names) {
    it(`loads ${name}, which stays inside the lab ranges and says what it is good for`, async () => {
      const topology = await loadTopology(name);
      assert.equal(topology.name, name);
      assert.notEqual(topology.description, "");
      assert.deepEqual(validateTopology(topology, { spells: () => true, entriesCut: false }), []);
      const { segments, nodes } = planTopology(topology);
      assert.ok(segments.length > 0 && nodes.length > 0);
      const networks = [
        ...topology.subnets.flatMap(({ cidrs }) => Object.values(cidrs)),
        ...Object.values(topology.services),
      ];
      for (const network of [...networks, ...topology.pools.map(({ cidr }) => cidr)]) {
        assert.ok(contains("198.18.0.0/15", network) || contains("fd00::/8", network), network);
      }
      const readme = await readFile(join(topologyFolder, "README.md"), "utf8");
      assert.ok(readme.includes(`${name}.yaml`), "topologies/README.md does not mention it");
    });
  }

  it("takes a path as well as a name, and names the file in messages", async () => {
    const topology = await loadTopology(join(topologyFolder, "two-racks.yaml"));
    assert.equal(topology.name, "two-racks");
    assert.match(topology.source, /topologies\/two-racks\.yaml$/);
  });

  it("takes the path of a folder with one topology in it, and asks which where there are several", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-topologies-"));
    try {
      await assert.rejects(loadTopology(folder), /no topology in the folder/);
      const text = await readFile(join(topologyFolder, "two-racks.yaml"), "utf8");
      await writeFile(join(folder, "edge.yaml"), text);
      assert.equal((await loadTopology(`${folder}/`)).name, "edge");
      await writeFile(join(folder, "core.yml"), text);
      await assert.rejects(loadTopology(folder), (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.details.fix ?? "", /core\.yml, .*edge\.yaml/);
        return true;
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("finds names in topologies/ of the current folder too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-topologies-"));
    const here = process.cwd();
    try {
      await mkdir(join(folder, "topologies"));
      const text = await readFile(join(topologyFolder, "two-racks.yaml"), "utf8");
      await writeFile(join(folder, "topologies", "edge.yaml"), text);
      process.chdir(folder);
      const topology = await loadTopology("edge");
      assert.equal(topology.source, join("topologies", "edge.yaml"));
      assert.equal(topologyWord(topology), topology.source);
      assert.equal(topologyWord(await loadTopology("two-racks")), "two-racks");
    } finally {
      process.chdir(here);
      await rm(folder, { recursive: true });
    }
  });

  it("lists the known names for an unknown one, and guesses what was meant", async () => {
    await assert.rejects(loadTopology("two-rack"), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, 'unknown topology "two-rack" (did you mean two-racks?)');
      for (const name of names) assert.ok(error.details.fix?.includes(name), name);
      return true;
    });
    await assert.rejects(loadTopology("zzzzzzzz"), { message: 'unknown topology "zzzzzzzz"' });
  });

  it("names a topology after its file, in characters that names may have", async () => {
    const folder = await mkdtemp(join(tmpdir(), "topology-"));
    try {
      const text = await readFile(join(topologyFolder, "one-rack.yaml"), "utf8");
      for (const [file, name] of [
        ["My Lab_2.yml", "my-lab-2"],
        ["2racks.yaml", "lab-2racks"],
        ["é.yaml", "lab"],
      ] as const) {
        await writeFile(join(folder, file), text);
        assert.equal((await loadTopology(join(folder, file))).name, name);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("tells a missing file from a bad one", async () => {
    await assert.rejects(loadTopology("./no-such.yaml"), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /no-such\.yaml cannot be read/);
      return true;
    });
  });
});
