import assert from "node:assert/strict";
import { axisNames, cellsOf, parseAxis } from "./matrix-axes.ts";
import { makeProgram } from "./program.ts";

describe("axes of a CI matrix", () => {
  it("make every combination, shards by their number", () => {
    const cells = cellsOf([parseAxis("topology=two-racks,three-racks"), parseAxis("shard=2")]);
    assert.deepEqual(cells, [
      { topology: "two-racks", shard: "1/2" },
      { topology: "two-racks", shard: "2/2" },
      { topology: "three-racks", shard: "1/2" },
      { topology: "three-racks", shard: "2/2" },
    ]);
    assert.deepEqual(cellsOf([]), [{}]);
  });

  it("take values with commas between semicolons", () => {
    const { values } = parseAxis("calico-image=r/node:v3.30,r/cni:v3.30;r/node:v3.32,r/cni:v3.32");
    assert.deepEqual(values, ["r/node:v3.30,r/cni:v3.30", "r/node:v3.32,r/cni:v3.32"]);
  });

  it("are options of suite, which reads them in a job", async () => {
    const { commands } = await makeProgram([]);
    const options = commands.find((command) => command.name() === "suite")?.options.map(({ long }) => long) ?? [];
    assert.deepEqual(
      axisNames.filter((name) => !options.includes(`--${name}`)),
      [],
    );
  });

  it("refuse what is none", () => {
    assert.throws(() => parseAxis("topolgy=x"), /names no axis; did you mean topology|names no axis/);
    assert.throws(() => parseAxis("kernel=6.1,,6.12"), /empty value/);
    assert.throws(() => parseAxis("shard=0"), /no number of shares/);
    assert.throws(() => cellsOf([parseAxis("kernel=6.1"), parseAxis("kernel=6.12")]), /given twice/);
  });
});
