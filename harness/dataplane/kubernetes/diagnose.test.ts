import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { diagnoseCluster } from "./diagnose.ts";
import { withoutSecrets } from "./without-secrets.ts";

describe("withoutSecrets", () => {
  const secrets: readonly (readonly [string, string, string])[] = [
    ["a key", "-----BEGIN RSA PRIVATE KEY-----\nMIIsecret\n-----END RSA PRIVATE KEY-----", "MIIsecret"],
    ["a service account's token", "log eyJhbGciOiJSUzI1NiJ9xx.eyJpc3MiOiJrdWJlx.c2lnbmF0dXJl end", "c2lnbmF0dXJl"],
    ["a header", "Authorization: Bearer abcdef0123456789", "abcdef0123456789"],
    ["a password in YAML", "  bgpPassword: hunter2hunter2", "hunter2"],
    ["an authority's bundle", "    caBundle: LS0tLS1CRUdJTg==", "LS0tLS1"],
    [
      "an object in an annotation",
      '    kubectl.kubernetes.io/last-applied-configuration: |\n      {"x":"hidden"}',
      "hidden",
    ],
  ];
  for (const [what, text, secret] of secrets) {
    it(`takes out ${what}`, () => {
      assert.ok(text.includes(secret));
      const clean = withoutSecrets(text);
      assert.ok(!clean.includes(secret), clean);
      assert.match(clean, /REMOVED/);
    });
  }

  it("leaves addresses, routes and what Calico says alone", () => {
    const text = "192.168.16.128/26 via 192.168.16.128 dev vxlan.calico onlink\n  vxlanMode: CrossSubnet\n";
    assert.equal(withoutSecrets(text), text);
  });
});

describe("diagnoseCluster", () => {
  it("writes one file per question, the error where one fails, and never asks for Secrets", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    try {
      const executor = scriptedExecutor([
        { command: / get installations/, always: true, exitCode: 1, stderr: "error: no such kind" },
        { command: /kubectl/, always: true, stdout: "token: abcdefgh\nfine\n" },
      ]);
      await diagnoseCluster({ executor, kubectl: ["kubectl"], name: "cluster c" }, "encaplab-7f3kq", folder);
      const files = await readdir(folder);
      for (const file of ["pods.txt", "events.txt", "ippools.yaml", "tigerastatus.yaml", "calico-node.log"])
        assert.ok(files.includes(file), file);
      assert.equal(await readFile(join(folder, "installation.yaml"), "utf8"), "error: no such kind");
      assert.equal(await readFile(join(folder, "pods.txt"), "utf8"), "token: REMOVED\nfine\n");
      assert.ok(executor.asked.every((command) => !/ secrets?\b/i.test(command)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
