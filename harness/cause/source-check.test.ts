import assert from "node:assert/strict";
import { first } from "./incident.fixture.ts";

describe("a network that checks addresses", () => {
  const silent = ["a2/eth0", "a2/cali"];
  const toHost = "pod-to-host/same-subnet/v4/a1->a2";

  it("lets nodes' own packets pass, and none with a pod's address on one side", () => {
    assert.match(
      first({ silent, beside: [toHost, "host-to-pod/same-subnet/v4/a1->a2"] }),
      /^source-check: lost on the way from a1\/eth0 to a2\/eth0: all plain packets from pods' addresses, while nodes'/,
    );
    assert.match(first({ silent, beside: [toHost] }), /all plain packets from pods' addresses/);
  });

  it("is not told from a wire that is cut, nor where other pods' packets pass", () => {
    assert.match(first({ silent }), /^common-ground: lost on the way from a1\/eth0 to a2\/eth0/);
    const beside = [toHost, "pod-to-clusterip/same-subnet/v4/a1->a2"];
    assert.match(first({ silent, beside }), /^common-ground: /);
    assert.match(first({ silent: ["a2/cali"], beside: [toHost] }), /^common-ground: lost in a2/);
  });
});
