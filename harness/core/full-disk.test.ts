import assert from "node:assert/strict";
import { formatError, LabError } from "./errors.ts";
import { explainFullDisk } from "./full-disk.ts";

describe("the error of a full disk", () => {
  const told =
    "no space is left where results go\n  where    results/r1\n  fix      free some there, or name another folder: --out DIR";

  it("tells the place and what to do, whoever met it", () => {
    const byNode = new Error("ENOSPC: no space left on device, write");
    const byCommand = new LabError("tee failed", { tail: "tee: a.pcap: No space left on device" });
    for (const error of [byNode, byCommand]) assert.equal(formatError(explainFullDisk(error, "results/r1")), told);
  });

  it("is no other error's", () => {
    const error = new Error("EACCES: permission denied, open 'x'");
    assert.equal(explainFullDisk(error, "results/r1"), error);
  });
});
