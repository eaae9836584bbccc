import assert from "node:assert/strict";
import ssh2 from "ssh2";
import { makeKeyPair } from "./ssh-keys.ts";

describe("pairs of ssh keys", () => {
  it("can all be read", () => {
    // 1 in 256 could not: 2000 without one were luck once in 2500 runs.
    for (let made = 0; made < 2000; made += 1) {
      const pair = makeKeyPair();
      for (const key of [pair.private, pair.public]) {
        const read = ssh2.utils.parseKey(key);
        assert.ok(!(read instanceof Error), read instanceof Error ? `${read.message}\n${key}` : "");
      }
    }
  }).timeout(20_000);
});
