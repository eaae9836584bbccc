import assert from "node:assert/strict";
import { InStep } from "./in-step.ts";
import { randomOf } from "../packet/random.fixture.ts";
import { hex, noise, word } from "./traffic.fixture.ts";

interface Shape {
  readonly protocol?: "TCP" | "UDP";
  readonly first?: number;
  readonly sourcePort?: number;
  /** What TCP's record says beyond the bytes behind its length. */
  readonly counted?: number;
  /** Bytes behind the two words. */
  readonly body?: number;
  readonly captured?: number;
}

const random = randomOf(21);

/** Tells what one connection looks like after datagrams with these counters. */
function hear(counters: readonly number[], shape: Shape = {}, inStep = new InStep()) {
  const { protocol = "UDP", first = 0xc0ffee01, sourcePort = 40_000, counted = 0, body = 40, captured } = shape;
  const found = counters.map((counter) => {
    const message = Buffer.concat([word(first), word(counter), noise(random, body)]);
    const length = hex((message.length + counted).toString(16).padStart(4, "0"));
    const payload = protocol === "UDP" ? message : Buffer.concat([length, message]);
    return inStep.hear({
      protocol,
      payload: payload.subarray(0, captured),
      length: payload.length,
      sourcePort,
      destinationPort: 9_999,
    });
  });
  return found.map((each) => each?.looksLike);
}

const upTo = (count: number, from = 1, step = 1) => Array.from({ length: count }, (_, index) => from + index * step);
const last = (looks: readonly (string | undefined)[]) => looks.at(-1);

describe("InStep", () => {
  it("takes eight steps of one for ESP, and not seven", () => {
    assert.equal(last(hear(upTo(8))), undefined);
    assert.equal(last(hear(upTo(9))), "ESP");
  });

  it("tells how many packets it was found by, and then each", () => {
    const inStep = new InStep();
    const found = upTo(11).map((counter) => {
      const payload = Buffer.concat([word(0xc0ffee01), word(counter), noise(random, 40)]);
      return inStep.hear({ protocol: "UDP", payload, length: 48, sourcePort: 1, destinationPort: 2 })?.packets;
    });
    assert.deepEqual(found.slice(7), [undefined, 9, 1, 1]);
  });

  it("wants three of four steps to be of one, and none beyond 64", () => {
    // Eight of one and two of two; eight of one and three of two.
    assert.equal(last(hear([1, 3, 5, ...upTo(8, 6)])), "ESP");
    assert.equal(last(hear([1, 3, 5, 7, ...upTo(8, 8)])), undefined);
    assert.equal(last(hear([...upTo(5), ...upTo(5, 69)])), "ESP");
    assert.equal(last(hear([...upTo(5), ...upTo(5, 70)])), undefined);
    assert.equal(last(hear(upTo(40, 1, 2))), undefined);
  });

  it("forgives what was captured twice or overtook, not what goes back", () => {
    assert.equal(last(hear(upTo(9).flatMap((counter) => [counter, counter]))), "ESP");
    assert.equal(last(hear([1, 2, 4, 3, ...upTo(8, 5)])), "ESP");
    assert.equal(last(hear([...upTo(5, 1_000), ...upTo(12, 1)])), undefined);
    assert.equal(last(hear(Array.from({ length: 30 }, () => 5))), undefined);
  });

  it("wants ESP's padding, an SPI that is not reserved, and bytes that look encrypted", () => {
    assert.equal(last(hear(upTo(20), { body: 41 })), undefined);
    assert.equal(last(hear(upTo(20), { first: 255 })), undefined);
    assert.equal(last(hear(upTo(20), { first: 256 })), "ESP");
    const inStep = new InStep();
    for (const counter of upTo(30)) {
      const payload = Buffer.concat([word(0xc0ffee01), word(counter), Buffer.alloc(40, counter)]);
      assert.equal(inStep.hear({ protocol: "UDP", payload, length: 48, sourcePort: 1, destinationPort: 2 }), undefined);
    }
  });

  it("tells nothing of what was cut before its sample", () => {
    assert.equal(last(hear(upTo(20), { captured: 31 })), undefined);
    assert.equal(last(hear(upTo(20), { captured: 32 })), "ESP");
    assert.equal(last(hear(upTo(20), { protocol: "TCP", captured: 33 })), undefined);
    assert.equal(last(hear(upTo(20), { protocol: "TCP", captured: 34 })), "ESP");
  });

  it("reads records in TCP, whose length counts itself or not", () => {
    assert.equal(last(hear(upTo(9), { protocol: "TCP" })), "ESP");
    assert.equal(last(hear(upTo(9), { protocol: "TCP", counted: 2 })), "ESP");
    assert.equal(last(hear(upTo(20), { protocol: "TCP", counted: 1 })), undefined);
    assert.equal(last(hear(upTo(20), { protocol: "TCP", body: 42 })), undefined);
  });

  it("keeps connections apart, by first word and by ports", () => {
    const inStep = new InStep();
    const turns = upTo(8).flatMap((counter) => [
      last(hear([counter], {}, inStep)),
      last(hear([counter + 1], { first: 0xc0ffee02 }, inStep)),
      last(hear([counter + 2], { sourcePort: 40_001 }, inStep)),
    ]);
    assert.deepEqual(new Set(turns), new Set([undefined]));
    assert.equal(last(hear([9], {}, inStep)), "ESP");
    assert.equal(last(hear([10], { first: 0xc0ffee02 }, inStep)), "ESP");
    assert.equal(last(hear([11], { sourcePort: 40_001 }, inStep)), "ESP");
  });

  it("remembers a connection while many others come and go", () => {
    const inStep = new InStep();
    const looks = upTo(9).map((counter) => {
      for (let other = 0; other < 200; other += 1)
        hear([random(0x7fffffff)], { first: 0x1000 + random(0x7ffffff) }, inStep);
      return last(hear([counter], {}, inStep));
    });
    assert.equal(last(looks), "ESP");
  });

  describe("OpenVPN", () => {
    const data = (peer: number, key = 0) => (((0x48 | key) << 24) | peer) >>> 0;

    it("is told by its opcode and a peer, with any length", () => {
      for (const first of [data(0), data(0xffff), data(0xffffff), data(1, 7)]) {
        assert.equal(last(hear(upTo(9), { first, body: 41 })), "OpenVPN", first.toString(16));
      }
      for (const first of [data(0x10000), data(0xfffffe), 0x40000001, 0x50000001]) {
        assert.equal(last(hear(upTo(9), { first, body: 41 })), undefined, first.toString(16));
      }
    });

    it("is told by twelve packets where its numbers are encrypted", () => {
      const encrypted = () => upTo(20).map(() => random(0x7fffffff));
      const looks = hear(encrypted(), { first: data(0) });
      assert.deepEqual([looks.indexOf("OpenVPN"), last(looks)], [11, "OpenVPN"]);
      assert.equal(last(hear(encrypted(), { first: data(0x10000) })), undefined);
      assert.equal(last(hear(encrypted())), undefined);
      const inStep = new InStep();
      for (const counter of encrypted()) {
        const payload = Buffer.concat([word(data(0)), word(counter), Buffer.alloc(40, counter)]);
        assert.equal(
          inStep.hear({ protocol: "UDP", payload, length: 48, sourcePort: 1, destinationPort: 2 }),
          undefined,
        );
      }
    });
  });
});
