import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { keepPodAddresses } from "./keep-pod-addresses.ts";
import { noHostsOutside } from "./no-hosts-outside.ts";

/** One node's MASQUERADE rule of natOutgoing is gone: its pods' own addresses are seen wherever they go outside. */
export const natOutgoingLost = defineFault({
  name: "nat-outgoing-lost",
  title: "one node no longer masquerades what its pods send out of the cluster",
  describes: "#8960, #4138",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always", "none"],
  needs: ["cross-subnet"],
  unmet: noHostsOutside,
  topology: "external",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await keepPodAddresses(network, culprit(network), scope),
  }),
  cause: "nat-outgoing",
  // To nodes they go as pods do then, which need not be plain, and where routers know no pods answers end.
  follows: ["encapsulated", "not-encapsulated", "no-leak", "symmetry", "reached", "conservation", "flows", "sentinel"],
  trips: [
    { check: "source-address", status: "fail", path: "*/pod-to-external/*", category: "wrong source address" },
    { check: "source-address", status: "fail", path: "*/pod-to-host/*", category: "wrong source address" },
  ],
});
