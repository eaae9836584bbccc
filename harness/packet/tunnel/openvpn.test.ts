import assert from "node:assert/strict";
import { isOpenvpnData, openvpnReset, openvpnSession } from "./openvpn.ts";

const client = "a1b2c3d4e5f60718";
const server = "1122334455667788";
const time = "6928f200";

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

const noise = (length: number) => "5a".repeat(length);

/** What begins a session, by how the control channel is wrapped. */
const resets: readonly (readonly [string, string, ReturnType<typeof openvpnReset>])[] = [
  ["in the open", `38 ${client} 00 00000000`, { by: "client", session: client }],
  ...[16, 20, 28, 32, 48, 64].map(
    (hmac) =>
      [
        `behind an HMAC of ${hmac} bytes`,
        `38 ${client} ${noise(hmac)} 00000001 ${time} 00 00000000`,
        { by: "client" as const, session: client },
      ] as const,
  ),
  ["encrypted", `38 ${client} 00000001 ${time} ${noise(37)}`, { by: "client", session: client }],
  [
    "encrypted, sent for the 64th time",
    `38 ${client} 00000040 ${time} ${noise(37)}`,
    { by: "client", session: client },
  ],
  ["with a key", `50 ${client} 0f000001 ${time} ${noise(37)} ${noise(288)} 0122`, { by: "client", session: client }],
  [
    "answered in the open",
    `40 ${server} 01 00000000 ${client} 00000000`,
    { by: "server", session: server, answers: client },
  ],
  [
    "answered behind an HMAC",
    `40 ${server} ${noise(20)} 00000001 ${time} 01 00000000 ${client} 00000000`,
    { by: "server", session: server, answers: client },
  ],
  ["answered, encrypted", `40 ${server} 00000001 ${time} ${noise(49)}`, { by: "server", session: server }],
  [
    "answered, encrypted, with options",
    `40 ${server} 0f000001 ${time} ${noise(60)}`,
    { by: "server", session: server },
  ],
];

/** Each lacks one thing. */
const others: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["one byte too few", `38 ${client} 00 000000`],
  ["one byte too many", `38 ${client} 00 00000000 00`],
  ["something acknowledged", `38 ${client} 01 00000000`],
  ["another number than 0", `38 ${client} 00 00000001`],
  ["another key", `39 ${client} 00 00000000`],
  ["an HMAC of a length that none has", `38 ${client} ${noise(24)} 00000001 ${time} 00 00000000`],
  ["a number of 0 behind an HMAC", `38 ${client} ${noise(20)} 00000000 ${time} 00 00000000`],
  ["a number behind an HMAC that no reset comes to", `38 ${client} ${noise(20)} 00000041 ${time} 00 00000000`],
  ["something acknowledged behind an HMAC", `38 ${client} ${noise(20)} 00000001 ${time} 01 00000000`],
  ["an encrypted number of 0", `38 ${client} 00000000 ${time} ${noise(37)}`],
  ["a key that is too short", `50 ${client} 00000001 ${time} ${noise(37)} ${noise(287)} 0121`],
  ["a key that gives another length", `50 ${client} 00000001 ${time} ${noise(37)} ${noise(288)} 0123`],
  ["a key behind a number of 0", `50 ${client} 00000000 ${time} ${noise(37)} ${noise(288)} 0122`],
  ["an answer to nothing", `40 ${server} 00 00000000 ${client} 00000000`],
  ["an answer to number 1", `40 ${server} 01 00000001 ${client} 00000000`],
  ["an answer of number 1", `40 ${server} 01 00000000 ${client} 00000001`],
  ["an encrypted answer that is too short", `40 ${server} 00000001 ${time} ${noise(48)}`],
  ["an encrypted answer without a number", `40 ${server} 00000000 ${time} ${noise(49)}`],
  ["a control message", `20 ${client} 00 00000001`],
];

describe("openvpnReset", () => {
  for (const [name, text, reset] of resets) {
    it(`reads a reset ${name}`, () => {
      assert.deepEqual(openvpnReset(hex(text), hex(text).length), reset);
    });
  }

  for (const [name, text] of others) {
    it(`takes ${name} for none`, () => {
      assert.equal(openvpnReset(hex(text), hex(text).length), undefined);
    });
  }

  it("believes no zeros and numbers that were not captured, and a key without its end", () => {
    const open = hex(`38 ${client} 00 00000000`);
    assert.equal(openvpnReset(open.subarray(0, 13), 14), undefined);
    const wrapped = hex(`38 ${client} 00000001 ${time} ${noise(37)}`);
    assert.equal(openvpnReset(wrapped.subarray(0, 16), 54), undefined);
    assert.equal(openvpnReset(wrapped.subarray(0, 17), 54)?.by, "client");
    const keyed = hex(`50 ${client} 00000001 ${time} ${noise(37)} ${noise(288)} 0122`);
    assert.equal(openvpnReset(keyed.subarray(0, 60), keyed.length)?.by, "client");
    const answer = hex(`40 ${server} 01 00000000 ${client} 00000000`);
    assert.equal(openvpnReset(answer.subarray(0, 25), 26), undefined);
  });
});

describe("openvpnSession", () => {
  it("reads it of control messages and acknowledgments, and of nothing else", () => {
    assert.equal(openvpnSession(hex(`20 ${client} 00 00000001`)), client);
    assert.equal(openvpnSession(hex(`28 ${client}`)), client);
    assert.equal(openvpnSession(hex(`28 ${client}`).subarray(0, 8)), undefined);
    assert.equal(openvpnSession(hex(`30 ${client}`)), undefined);
    assert.equal(openvpnSession(hex(`21 ${client}`)), undefined);
  });
});

describe("isOpenvpnData", () => {
  it("tells the two opcodes that carry packets, whatever the key", () => {
    const data = Array.from({ length: 256 }, (_, first) => first).filter(isOpenvpnData);
    assert.deepEqual(
      data,
      [...Array(8).keys()].flatMap((key) => [0x30 + key, 0x48 + key]).sort((a, b) => a - b),
    );
  });
});
