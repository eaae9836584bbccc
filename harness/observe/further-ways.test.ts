import assert from "node:assert/strict";
import type { Probe } from "../probe/probe.ts";
import { FurtherWays } from "./further-ways.ts";

const probe = (pattern: string, more: Partial<Probe> = {}): Probe =>
  ({ kind: "udp", token: { kind: "udp-pattern", pattern }, ...more }) as Probe;

describe("FurtherWays", () => {
  const [client, entry, tunnel, pod] = ["198.18.9.11", "198.18.1.11", "198.19.0.0", "198.19.0.129"] as const;
  const ways = new FurtherWays([probe("aa"), probe("bb"), probe("aa", { beyond: [client, entry] })]);

  it("count what goes between client and entry for the probe that is sent, both ways", () => {
    assert.equal(ways.of(0, client, entry), 0);
    assert.equal(ways.of(0, entry, client), 0);
  });

  it("count all else for the way beyond: what the entry sends on, and what goes past it", () => {
    assert.equal(ways.of(0, tunnel, pod), 2);
    assert.equal(ways.of(0, client, pod), 2);
    assert.equal(ways.of(0, pod, client), 2);
    assert.equal(ways.of(0, entry, pod), 2);
  });

  it("leave probes alone that nobody translates on the way", () => {
    assert.equal(ways.of(1, tunnel, pod), 1);
    assert.equal(new FurtherWays([probe("aa"), probe("aa")]).of(0, tunnel, pod), 0);
    assert.equal(new FurtherWays([probe("bb"), probe("aa", { beyond: [client, entry] })]).of(0, tunnel, pod), 0);
  });
});
