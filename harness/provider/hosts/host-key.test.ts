import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint, hostKeyRule, keyType, knownKeys } from "./host-key.ts";

const blob = (seed: number): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.alloc(36, seed)]);
const line = (patterns: string, seed = 1): string => `${patterns} ssh-ed25519 ${blob(seed).toString("base64")} comment`;

describe("host keys", () => {
  it("are named as ssh-keygen does", () => {
    assert.equal(keyType(blob(1)), "ssh-ed25519");
    assert.match(fingerprint(blob(1)), /^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("are found in known_hosts by name, port, pattern and hash", () => {
    const salt = Buffer.from("0123456789abcdefghij");
    const hash = createHmac("sha1", salt).update("a1.example").digest("base64");
    const cases: readonly (readonly [patterns: string, address: string, port: number, found: boolean])[] = [
      ["a1.example", "a1.example", 22, true],
      ["A1.Example,192.0.2.1", "a1.example", 22, true],
      ["a1.example", "a1.example", 2222, false],
      ["[a1.example]:2222", "a1.example", 2222, true],
      ["*.example", "a1.example", 22, true],
      ["*.example,!a1.example", "a1.example", 22, false],
      ["a?.example", "a1.example", 22, true],
      ["a1xexample", "a1.example", 22, false],
      [`|1|${salt.toString("base64")}|${hash}`, "a1.example", 22, true],
      [`|1|${salt.toString("base64")}|${hash}`, "a2.example", 22, false],
      ["#a1.example", "#a1.example", 22, false],
      ["@cert-authority a1.example", "a1.example", 22, false],
    ];
    for (const [patterns, address, port, found] of cases) {
      assert.equal(knownKeys(line(patterns), address, port).length, found ? 1 : 0, `${patterns} ${address}:${port}`);
    }
  });

  it("are known, unknown, or wrong when another one or a revocation is on file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-host-key-"));
    try {
      const file = join(folder, "known_hosts");
      await writeFile(file, `${line("a1")}\n${line("a1", 2)}\n@revoked ${line("*", 3)}\n`);
      const host = { name: "a1", address: "a1", port: 22, user: "root" };
      const rule = await hostKeyRule(host, [file, join(folder, "missing")]);
      assert.deepEqual(rule.types, ["ssh-ed25519"]);
      assert.deepEqual(
        [1, 2, 3, 4].map((seed) => rule.judge(blob(seed))),
        ["known", "known", "wrong", "wrong"],
      );
      const stranger = await hostKeyRule({ ...host, address: "a2" }, [file]);
      assert.deepEqual(
        [1, 3].map((seed) => stranger.judge(blob(seed))),
        ["unknown", "wrong"],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("may be pinned by the inventory, which then counts alone", async () => {
    const host = { name: "a1", address: "a1", port: 22, user: "root" };
    for (const hostKey of [fingerprint(blob(1)), `${fingerprint(blob(1))}=`, line("ssh").slice(4)]) {
      const rule = await hostKeyRule({ ...host, hostKey }, []);
      assert.equal(rule.judge(blob(1)), "known", hostKey);
      assert.equal(rule.judge(blob(2)), "wrong", hostKey);
    }
  });
});
