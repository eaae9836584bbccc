import assert from "node:assert/strict";
import type { Difference } from "../dataplane/compare.ts";
import { leftBehind } from "./left-behind.ts";

describe("what a change left behind", () => {
  const device = (subject: string, sides: Pick<Difference, "a" | "b">): Difference => ({
    ...{ node: "a1", what: "device", subject },
    ...sides,
  });

  it("is not the MTU of pods that ran before, but all else about their devices", () => {
    const pod = (mtu: number, up = "up"): string => `veth mtu ${mtu} ${up} ee:ee:ee:ee:ee:ee no address`;
    assert.deepEqual(leftBehind([device("cali123", { a: pod(1450), b: pod(1500) })]), []);
    const down = device("cali123", { a: pod(1450, "down"), b: pod(1500) });
    assert.deepEqual(leftBehind([down]), [down]);
  });

  it("is not the tunl0 that comes with the kernel's module, but any address on it, and any other device", () => {
    const bare = "ipip mtu 1480 up 0.0.0.0 no address";
    assert.deepEqual(leftBehind([device("tunl0", { a: bare })]), []);
    assert.deepEqual(leftBehind([device("tunl0", { a: bare, b: "ipip mtu 1480 down 0.0.0.0 no address" })]), []);
    const wrong = [
      device("tunl0", { a: "ipip mtu 1480 up 0.0.0.0 tunnel of a1" }),
      device("tunl0", { a: bare, b: "ipip mtu 1480 up 0.0.0.0 tunnel of a1" }),
      device("vxlan.calico", { a: "vxlan mtu 1450 up 66:00:00:00:00:01 no address" }),
    ];
    assert.deepEqual(leftBehind(wrong), wrong);
  });
});
