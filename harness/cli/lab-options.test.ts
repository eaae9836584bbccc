import assert from "node:assert/strict";
import { Command } from "commander";
import { addInstallOption } from "./install-option.ts";
import { addLabOptions } from "./lab-options.ts";

function parse(...argv: readonly string[]): { readonly values: Record<string, unknown>; readonly said: string } {
  const command = addLabOptions(new Command("suite").exitOverride());
  addInstallOption(command);
  const write = process.stderr.write.bind(process.stderr);
  let said = "";
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    said += String(chunk);
    return true;
  };
  const { ENCAPLAB_NO_INSTALL: before } = process.env;
  try {
    return { values: command.parse([...argv], { from: "user" }).opts(), said };
  } finally {
    process.stderr.write = write;
    if (before === undefined) delete process.env.ENCAPLAB_NO_INSTALL;
  }
}

describe("options of labs", () => {
  it("let hosts install what they lack, by the name that says so", () => {
    const { values, said } = parse("--install-on-hosts");
    assert.equal(values.installOnHosts, true);
    assert.equal(said, "");
  });

  it("still know the former name of that, which says what it is called now", () => {
    const { values, said } = parse("--install");
    assert.equal(values.installOnHosts, true);
    assert.match(said, /--install is called --install-on-hosts now/);
  });

  it("are told to install nothing here, whatever hosts may do", () => {
    const { values } = parse("--no-install", "--install-on-hosts");
    assert.equal(values.install, false);
    assert.equal(values.installOnHosts, true);
    assert.equal(parse("--install-on-hosts").values.install, undefined);
  });

  it("are what their owners declare: lists, choices, single words and switches", () => {
    const { values } = parse("--kernel", "6.1,6.12", "--kernel", "6.6", "--kube-proxy", "ipvs", "--context", "lab");
    assert.deepEqual(values.kernel, ["6.1", "6.12", "6.6"]);
    assert.equal(values.kubeProxy, "ipvs");
    assert.equal(values.context, "lab");
    assert.equal(values.allowModeChange, undefined);
    assert.throws(() => parse("--kernel", ","), /empty/);
    assert.throws(() => parse("--kube-proxy", "bogus"), /Allowed choices/);
  });
});
