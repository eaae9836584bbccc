import assert from "node:assert/strict";
import { ToldFlow } from "./told-flow.ts";
import { randomOf } from "../packet/random.fixture.ts";
import { hex, noise, word } from "./traffic.fixture.ts";

const random = randomOf(31);

interface Sent {
  readonly protocol: "TCP" | "UDP";
  readonly from?: number;
  readonly to?: number;
  readonly payload: Buffer;
  readonly captured?: number;
}

/** Tells what a connection is after each payload. */
function tell(...sent: readonly Sent[]): readonly (string | undefined)[] {
  const flow = new ToldFlow();
  return sent.map(({ protocol, from = 40_000, to = 8_443, payload, captured }) => {
    const { length } = payload;
    const datagram = {
      protocol,
      payload: payload.subarray(0, captured),
      length,
      sourcePort: from,
      destinationPort: to,
    };
    assert.equal(flow.hear(datagram), flow.told !== undefined);
    return flow.told?.text;
  });
}

const twice = (one: Sent): readonly (string | undefined)[] => tell(one, one);
const pair = (value: number) => hex(value.toString(16).padStart(4, "0"));

describe("ToldFlow", () => {
  describe("ESP in TCP", () => {
    /** RFC 9329: the length counts itself. */
    const record = (first: number, body = 40) => Buffer.concat([pair(body + 6), word(first), noise(random, body)]);
    const prefix = (rest: Buffer) => Buffer.concat([Buffer.from("IKETCP"), rest]);

    it("is told by the stream's prefix, alone or before IKE's marker", () => {
      for (const rest of [Buffer.alloc(0), record(0), record(0).subarray(0, 5)]) {
        assert.deepEqual(tell({ protocol: "TCP", payload: prefix(rest) }), ["ESP in TCP 8443"]);
      }
      const others = [prefix(record(1)), prefix(record(1).subarray(0, 6)), Buffer.from("IKETCX"), Buffer.from("IKETC")];
      for (const payload of others) assert.deepEqual(tell({ protocol: "TCP", payload }), [undefined]);
      assert.deepEqual(tell({ protocol: "UDP", payload: prefix(record(0)) }), [undefined]);
    });

    it("is told by two records at its port, of either direction", () => {
      for (const ends of [{ to: 4500 }, { from: 4500, to: 40_000 }]) {
        for (const first of [0, 256, 0xc0ffee01]) {
          const told = twice({ protocol: "TCP", ...ends, payload: record(first) });
          assert.deepEqual(told, [undefined, "ESP in TCP 4500"]);
        }
      }
      assert.deepEqual(twice({ protocol: "TCP", to: 4500, payload: record(256, 4) }), [undefined, "ESP in TCP 4500"]);
    });

    it("is not told by records elsewhere, of another length, with reserved SPIs, or too short", () => {
      const wrong = Buffer.concat([pair(45), record(0xc0ffee01).subarray(2)]);
      const nothing = [undefined, undefined];
      assert.deepEqual(twice({ protocol: "TCP", payload: record(0xc0ffee01) }), nothing);
      assert.deepEqual(twice({ protocol: "UDP", to: 4500, payload: record(0xc0ffee01) }), nothing);
      for (const payload of [wrong, record(1), record(255), record(256, 3)]) {
        assert.deepEqual(twice({ protocol: "TCP", to: 4500, payload }), nothing);
      }
    });
  });

  describe("ZeroTier", () => {
    const ends = noise(random, 10);
    const message = (length: number) => Buffer.concat([noise(random, 8), ends, hex("08"), noise(random, length - 19)]);

    it("is told by the same ends twice at its port, of either direction", () => {
      for (const ports of [{ to: 9993 }, { from: 9993, to: 40_000 }]) {
        const [one, other] = [message(28), message(60)];
        const told = tell({ protocol: "UDP", ...ports, payload: one }, { protocol: "UDP", ...ports, payload: other });
        assert.deepEqual(told, [undefined, "ZeroTier in UDP 9993"]);
      }
    });

    it("is not told elsewhere, by what is too short, or was cut", () => {
      const nothing = [undefined, undefined];
      assert.deepEqual(twice({ protocol: "UDP", payload: message(60) }), nothing);
      assert.deepEqual(twice({ protocol: "TCP", to: 9993, payload: message(60) }), nothing);
      assert.deepEqual(twice({ protocol: "UDP", to: 9993, payload: message(27) }), nothing);
      assert.deepEqual(twice({ protocol: "UDP", to: 9993, payload: message(60), captured: 18 }), nothing);
      const told = twice({ protocol: "UDP", to: 9993, payload: message(60), captured: 19 });
      assert.deepEqual(told, [undefined, "ZeroTier in UDP 9993"]);
    });
  });

  describe("OpenVPN", () => {
    const record = (message: Buffer) => Buffer.concat([pair(message.length), message]);
    const data = Buffer.concat([hex("48000000 00000001"), noise(random, 40)]);
    const [client, server] = [noise(random, 8), noise(random, 8)];
    const reset = Buffer.concat([hex("38"), client, hex("00 00000000")]);
    const answer = Buffer.concat([hex("40"), server, hex("01 00000000"), client, hex("00000000")]);

    it("is told by two records of data at its port in TCP, of either direction", () => {
      for (const ends of [{ to: 1194 }, { from: 1194, to: 40_000 }]) {
        const told = twice({ protocol: "TCP", ...ends, payload: record(data) });
        assert.deepEqual(told, [undefined, "OpenVPN in TCP 1194"]);
      }
      const nothing = [undefined, undefined];
      assert.deepEqual(twice({ protocol: "TCP", payload: record(data) }), nothing);
      assert.deepEqual(twice({ protocol: "UDP", to: 1194, payload: data }), nothing);
      const control = record(Buffer.concat([hex("20"), data]));
      assert.deepEqual(twice({ protocol: "TCP", to: 1194, payload: control }), nothing);
      const short = Buffer.concat([pair(data.length - 1), data]);
      assert.deepEqual(twice({ protocol: "TCP", to: 1194, payload: short }), nothing);
    });

    it("is named by the server's port, whoever confirms the session", () => {
      const asked: Sent = { protocol: "UDP", payload: reset };
      const answered: Sent = { protocol: "UDP", from: 8_443, to: 40_000, payload: answer };
      const confirmed: Sent = { protocol: "UDP", payload: Buffer.concat([hex("20"), client, noise(random, 60)]) };
      assert.deepEqual(tell(asked, answered), [undefined, "OpenVPN in UDP 8443"]);
      assert.deepEqual(tell(asked, confirmed), [undefined, "OpenVPN in UDP 8443"]);
      assert.deepEqual(tell(asked, asked, asked), [undefined, undefined, undefined]);
      assert.deepEqual(tell(answered, confirmed), [undefined, undefined]);
    });
  });
});
