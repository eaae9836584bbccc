import assert from "node:assert/strict";
import {
  addressCount,
  blockCount,
  canonicalForm,
  contains,
  familyOf,
  hostAddress,
  isAddress,
  isCidr,
  networkOf,
  normalizeAddress,
  nthBlock,
  overlaps,
  prefixLength,
  withoutPrefix,
} from "./address.ts";

/** Deterministic numbers for the property tests: mulberry32 with a fixed seed. */
function random(): () => number {
  let state = 0x5eed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("addresses", () => {
  it("accepts addresses and nothing that only looks like one", () => {
    for (const good of ["198.18.1.1", "fd00::1", "::", "::ffff:1.2.3.4", "FD00::A"]) assert.ok(isAddress(good), good);
    const bad = [
      "010.0.0.1",
      "1.2.3",
      "0x1.2.3.4",
      "1.2.3.4/24",
      "1.2.3.256",
      "1.2.3.4.",
      "1.2.3.4.5",
      "1..2.3",
      "",
      " 1.2.3.4",
      "fe80::1%eth0",
      "a::b::c",
    ];
    for (const text of bad) assert.ok(!isAddress(text), text);
  });

  it("accepts a prefix only where one is asked for", () => {
    for (const good of ["198.18.1.11/24", "0.0.0.0/0", "fd00::1/128"]) assert.ok(isCidr(good), good);
    for (const bad of [
      "1.2.3.4",
      "1.2.3.4/33",
      "1.2.3.4/",
      "1.2.3.4/024",
      "::1/129",
      "/24",
      "fe80::1%e/64",
      "1.2.3.4/-1",
    ])
      assert.ok(!isCidr(bad), bad);
  });

  it("tells the family and the prefix length", () => {
    assert.equal(familyOf("198.18.1.1/24"), 4);
    assert.equal(familyOf("fd00::1"), 6);
    assert.equal(prefixLength("198.18.1.1/24"), 24);
    assert.equal(prefixLength("198.18.1.1"), 32);
    assert.equal(prefixLength("fd00::1"), 128);
    assert.throws(() => familyOf("010.0.0.1"), RangeError);
  });

  it("finds the network and drops the prefix", () => {
    assert.equal(networkOf("198.18.1.11/24"), "198.18.1.0/24");
    assert.equal(networkOf("FD00:0:0:1::b/64"), "fd00:0:0:1::/64");
    assert.equal(withoutPrefix("1.2.3.4/24"), "1.2.3.4");
    assert.equal(withoutPrefix("fd00::1"), "fd00::1");
  });

  it("decides containment by the prefix of the first, host bits ignored, as Calico does for 'same subnet'", () => {
    assert.ok(contains("198.18.1.11/24", "198.18.1.12"));
    assert.ok(!contains("198.18.1.11/32", "198.18.1.12"));
    assert.ok(!contains("198.18.1.0/24", "198.18.0.0/16"));
    assert.ok(contains("0.0.0.0/0", "255.255.255.255"));
    assert.ok(!contains("0.0.0.0/0", "::1"));
    assert.ok(overlaps("198.18.1.128/25", "198.18.1.0/24"));
    assert.ok(!overlaps("198.18.1.0/25", "198.18.1.128/25"));
  });

  it("counts hosts and blocks from the start of the network", () => {
    assert.equal(hostAddress("198.18.1.0/24", 11), "198.18.1.11");
    assert.equal(hostAddress("fd00:0:0:1::/64", 1), "fd00:0:0:1::1");
    assert.throws(() => hostAddress("198.18.1.0/30", 4), RangeError);
    assert.equal(nthBlock("198.19.0.0/17", 26, 5), "198.19.1.64/26");
    assert.equal(nthBlock("fd00:10:244::/48", 122, 2), "fd00:10:244::80/122");
    assert.equal(blockCount("198.19.0.0/24", 26), 4n);
    assert.equal(blockCount("198.19.0.0/28", 26), 0n);
    assert.throws(() => nthBlock("198.19.0.0/24", 26, 4), RangeError);
    assert.equal(addressCount("198.18.0.0/15"), 131072n);
  });

  it("spells every address in one way", () => {
    assert.equal(normalizeAddress("::ffff:1.2.3.4"), "1.2.3.4");
    assert.equal(normalizeAddress("::FFFF:c612:101"), "198.18.1.1");
    assert.equal(normalizeAddress("FD00:0:0:0:0:0:0:1"), "fd00::1");
    assert.equal(normalizeAddress("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
    assert.equal(normalizeAddress("fe80::1%eth0"), "fe80::1");
    assert.throws(() => normalizeAddress("1.2.3.4/24"), RangeError);
  });

  it("respells a network without losing what it says", () => {
    assert.equal(canonicalForm("FD00:0:0::B/64"), "fd00::b/64");
    assert.equal(canonicalForm("FD00:0:0::B"), "fd00::b");
    assert.equal(canonicalForm("198.18.1.11/24"), "198.18.1.11/24");
    assert.equal(canonicalForm("::ffff:1.2.3.4/128"), "::ffff:102:304/128");
  });

  it("keeps blocks inside their pool, apart from each other, and hosts inside their network", () => {
    const next = random();
    for (let round = 0; round < 300; round++) {
      const prefix = 8 + Math.floor(next() * 16);
      const blockSize = prefix + 1 + Math.floor(next() * 6);
      const octets = Array.from({ length: 4 }, () => Math.floor(next() * 256));
      const pool = networkOf(`${octets.join(".")}/${prefix}`);
      const count = Number(blockCount(pool, blockSize));
      const [i, j] = [Math.floor(next() * count), Math.floor(next() * count)];
      const block = nthBlock(pool, blockSize, i);
      assert.ok(contains(pool, block), `${pool} ${block}`);
      assert.equal(overlaps(block, nthBlock(pool, blockSize, j)), i === j, `${pool} ${i} ${j}`);
      assert.equal(networkOf(block), block);
      const host = hostAddress(block, Math.floor(next() * Number(addressCount(block))));
      assert.ok(contains(block, host));
      assert.equal(networkOf(`${host}/${blockSize}`), block);
      assert.equal(normalizeAddress(host), host);
      assert.equal(normalizeAddress(`::ffff:${host}`), host);
    }
  });
});
