import assert from "node:assert/strict";
import { icmp, icmpv6, ipv4, ipv6, udp } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import { icmpErrorOf } from "./icmp-error.ts";

const quoted4 = ipv4(
  { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17 },
  udp({ sourcePort: 1, destinationPort: 2 }, Buffer.alloc(4)),
);
const quoted6 = ipv6(
  { source: "fd00::1", destination: "fd00::2", protocol: 17 },
  udp({ sourcePort: 1, destinationPort: 2 }, Buffer.alloc(4)),
);
const from4 = (message: Buffer): Buffer => ipv4({ source: "10.0.0.9", destination: "10.0.0.1", protocol: 1 }, message);
const from6 = (message: Buffer): Buffer => ipv6({ source: "fd00::9", destination: "fd00::1", protocol: 58 }, message);
const errorIn = (bytes: Buffer): ReturnType<typeof icmpErrorOf> => {
  const { length } = bytes;
  return icmpErrorOf(
    decode({ number: 1, timeSeconds: 0, capturedLength: length, originalLength: length, bytes }, "raw", [4789]),
  );
};

describe("an ICMP error", () => {
  it("tells who sent it and what it says, in either family", () => {
    const four = errorIn(from4(icmp({ type: 3, code: 13 }, quoted4)));
    assert.equal(four?.from, "10.0.0.9");
    assert.match(four.text, /^ICMP .*\(administratively prohibited\)$/);
    const six = errorIn(from6(icmpv6({ type: 1, code: 0 }, Buffer.concat([Buffer.alloc(4), quoted6]))));
    assert.equal(six?.from, "fd00::9");
    assert.match(six.text, /^ICMPv6 .*\(no route\)$/);
  });

  it("has no name for what is no destination that cannot be reached", () => {
    assert.match(errorIn(from4(icmp({ type: 11, code: 0 }, quoted4)))?.text ?? "", /^ICMP [^(]*$/);
  });

  it("is no ping, of either family, and no other packet", () => {
    for (const bytes of [from4(icmp({ type: 8 }, Buffer.alloc(8))), from6(icmpv6({ type: 128 }, Buffer.alloc(8)))])
      assert.equal(errorIn(bytes), undefined);
    assert.equal(errorIn(quoted4), undefined);
  });
});
