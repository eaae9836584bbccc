import assert from "node:assert/strict";
import { parseWireguard, wireguardCommand } from "./parse-wireguard.ts";

describe("parseWireguard", () => {
  it("reads devices with peers, in both families", () => {
    const output = [
      "device wireguard.cali 51820 0x100000",
      "endpoint 1 198.18.2.11:51820",
      "endpoint 2 198.18.1.12:51820",
      "allowed 1 198.19.0.128/26 198.19.1.7/32",
      "allowed 2 (none)",
      "handshake 1 1790000000",
      "handshake 2 0",
      "device wg-v6.cali 51821 off",
      "endpoint 1 [fd00:18:2::b]:51821",
      "allowed 1 fd00:10:19::80/122",
      "handshake 1 0",
      "",
    ].join("\n");
    assert.deepEqual(parseWireguard(output), [
      {
        device: "wireguard.cali",
        port: 51820,
        fwmark: "0x100000",
        peers: [
          { endpoint: "198.18.2.11", allowed: ["198.19.0.128/26", "198.19.1.7/32"], hasShakenHands: true },
          { endpoint: "198.18.1.12", allowed: [], hasShakenHands: false },
        ],
      },
      {
        device: "wg-v6.cali",
        port: 51821,
        fwmark: "off",
        peers: [{ endpoint: "fd00:18:2::b", allowed: ["fd00:10:19::80/122"], hasShakenHands: false }],
      },
    ]);
    assert.deepEqual(parseWireguard("\n"), []);
  });

  it("asks for nothing that prints private keys", () => {
    assert.doesNotMatch(wireguardCommand, /private|showconf|dump|preshared/);
  });
});
