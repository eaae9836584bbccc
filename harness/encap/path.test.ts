import assert from "node:assert/strict";
import { goesToHosts, isSecondLeg, isSpecial, traffics } from "./path.ts";

/** By hand: what only some topologies have, what a node sends on for hosts outside, and what natOutgoing meets. */
const truth: Readonly<Record<(typeof traffics)[number], readonly string[]>> = {
  "pod-to-pod": [],
  "pod-to-clusterip": [],
  "host-to-pod": [],
  "host-to-clusterip": [],
  "pod-to-host": ["to hosts"],
  "pod-to-host-service": ["special", "to hosts"],
  "pod-to-external": ["special", "to hosts"],
  "external-to-nodeport": ["special"],
  "external-to-nodeport-local": ["special"],
  "nodeport-to-pod": ["special", "second leg"],
  "external-to-loadbalancer": ["special"],
  "external-to-loadbalancer-local": ["special"],
  "loadbalancer-to-pod": ["special", "second leg"],
  "pod-to-service": ["special"],
};

describe("traffic", () => {
  for (const traffic of traffics) {
    it(`${traffic} is ${truth[traffic].join(", ") || "of every topology, within the cluster"}`, () => {
      const found = [
        ...(isSpecial(traffic) ? ["special"] : []),
        ...(isSecondLeg(traffic) ? ["second leg"] : []),
        ...(goesToHosts(traffic) ? ["to hosts"] : []),
      ];
      assert.deepEqual(found, truth[traffic]);
    });
  }
});
