import assert from "node:assert/strict";
import { UsageError } from "../harness/core/errors.ts";
import { benchHelp, benchmarks, readBenchOrder } from "./options.ts";

describe("options of the benchmarks", () => {
  it("are benchmarks by name or by --only, and the cluster's", () => {
    const order = readBenchOrder(["scale", "--only", "suite", "--kind", "bin/kind", "--save"]);
    assert.deepEqual(order, { help: false, save: true, named: ["suite", "scale"], kind: { kind: "bin/kind" } });
    assert.deepEqual(readBenchOrder([]), { help: false, save: false, named: [], kind: {} });
  });

  it("are refused where unknown, with the known ones", () => {
    assert.throws(
      () => readBenchOrder(["sclae"]),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /^unknown benchmark sclae; known: start-up, suite, build/);
        return true;
      },
    );
    assert.throws(
      () => readBenchOrder(["--savee"]),
      /^UsageError: Unknown option '--savee'; npm run bench -- --help lists/,
    );
    assert.throws(() => readBenchOrder(["--only"]), UsageError);
  });

  it("are all in the help, with the peer of each benchmark", () => {
    for (const name of Object.keys(benchmarks)) assert.match(benchHelp, new RegExp(`^  ${name} `, "m"));
    for (const line of benchHelp.split("\n")) assert.ok(line.length <= 120, line);
  });
});
