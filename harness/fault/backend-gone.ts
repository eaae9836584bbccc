import { Scope } from "../core/scope.ts";
import { hostAddress } from "../topology/address.ts";
import { culprit, faultFamily, farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { chooseAmong, noSharedService, sharedBackends } from "./shared-rule.ts";

/** An address of a far block that no pod of a lab has: blocks are filled from below. */
const ghostNumber = 50;

/** One node still sends a share of a Service's connections to the address of a backend that is gone. */
export const backendGone = defineFault({
  name: "backend-gone",
  title: "one of several backends of a Service is gone, and one node has not heard of it",
  describes: "kube-proxy that has missed a change of endpoints: some connections succeed and some do not",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  unmet: noSharedService,
  topology: "shared-service",
  cause: "missing-backend",
  apply: async (network, _plan, scope = new Scope()) => {
    const ghost = hostAddress(farPeer(network).block, ghostNumber);
    const living = sharedBackends(network, faultFamily(network)).slice(0, -1);
    return { did: await chooseAmong(network, culprit(network), [...living, ghost], scope) };
  },
  follows: ["conservation", "source-address", "shares", "no-leak", "symmetry", "answered-by"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-service/cross-subnet/*", category: "not reached" },
    { check: "shares", status: "fail", path: "*/pod-to-service/cross-subnet/*", category: "unequal shares" },
  ],
});
