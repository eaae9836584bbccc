import assert from "node:assert/strict";
import { UsageError } from "../../core/errors.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { mirrorConfig, mirrorNodes } from "./mirror.ts";

describe("a registry for all images of a kind lab", () => {
  it("is asked by https unless it says otherwise, and gets no credentials written down", () => {
    const capabilities = '  capabilities = ["pull", "resolve"]\n';
    assert.equal(mirrorConfig("registry.example:5000"), `[host."https://registry.example:5000"]\n${capabilities}`);
    assert.equal(mirrorConfig("http://registry.example"), `[host."http://registry.example"]\n${capabilities}`);
    assert.doesNotMatch(mirrorConfig("https://me:secret@registry.example"), /secret|me:/);
  });

  it("may have a path of its own", () => {
    assert.equal(
      mirrorConfig("https://registry.example/mirror/"),
      '[host."https://registry.example/v2/mirror"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
    );
  });

  it("that is not an address is a usage error", () => {
    assert.throws(() => mirrorConfig("http://"), UsageError);
  });

  it("is written into every node", async () => {
    const write =
      "sh -c 'mkdir -p /etc/containerd/certs.d/_default && cat >/etc/containerd/certs.d/_default/hosts.toml'";
    const input = mirrorConfig("registry.example");
    const host = scriptedExecutor(
      ["control-plane", "worker"].map((role) => ({
        command: `docker exec --interactive encaplab-kind-7f3kq-${role} ${write}`,
        input,
      })),
    );
    await mirrorNodes(host, "7f3kq", 2, "registry.example");
    host.assertDone();
  });
});
