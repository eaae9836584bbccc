import assert from "node:assert/strict";
import { isOfNetwork, parseKernelEvents } from "./kernel-events.ts";

/** As iproute2 6.1 prints it. */
const printed = `[2026-01-27T15:49:23.277651] 2: vxlan.calico: <BROADCAST,MULTICAST> mtu 1450 qdisc noop state DOWN group default \\    link/ether c6:cb:1b:97:0e:b1 brd ff:ff:ff:ff:ff:ff
[2026-01-27T15:49:23.283074] local 10.1.1.1 dev d0 table local proto kernel scope host src 10.1.1.1 
[2026-01-27T15:49:23.285162] Deleted 10.2.0.0/16 dev eth0 scope link 
`;

describe("ip monitor", () => {
  it("tells changes with their time", () => {
    const events = parseKernelEvents(printed);
    assert.equal(events.length, 3);
    assert.ok(Math.abs((events[0]?.at ?? 0) - (Date.parse("2026-01-27T15:49:23Z") / 1000 + 0.277651)) < 1e-6);
    assert.equal(events[2]?.text, "Deleted 10.2.0.0/16 dev eth0 scope link");
  });

  it("tells also what the kernel does for itself", () => {
    assert.deepEqual(parseKernelEvents(printed).map(isOfNetwork), [true, false, true]);
  });
});
