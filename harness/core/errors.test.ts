import assert from "node:assert/strict";
import { ExitCode, LabError, UsageError, formatError } from "./errors.ts";

describe("formatError", () => {
  it("prints what, where, command, output, cause and fix, each on its line", () => {
    const error = new LabError("could not add vxlan.calico", {
      where: "node a1",
      command: "ip link add vxlan.calico type vxlan id 4096",
      tail: "Error: Unknown device type.\n",
      cause: new Error("exit 2"),
      fix: "load the vxlan module",
    });
    assert.equal(
      formatError(error),
      [
        "could not add vxlan.calico",
        "  where    node a1",
        "  command  ip link add vxlan.calico type vxlan id 4096",
        "  output   Error: Unknown device type.",
        "  cause    exit 2",
        "  fix      load the vxlan module",
      ].join("\n"),
    );
  });

  it("shows the stack of what nobody foresaw", () => {
    assert.match(formatError(new TypeError("x is undefined")), /unexpected error .*TypeError: x is undefined\n\s+at /s);
  });

  it("keeps usage errors and lab errors apart by exit code", () => {
    assert.equal(new UsageError("x").exitCode, ExitCode.usage);
    assert.equal(new LabError("x").exitCode, ExitCode.lab);
  });
});
