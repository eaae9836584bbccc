import { Scope } from "../core/scope.ts";
import { culprit, nearPeers } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/** The culprit's routes to its own rack go through the tunnel, as if its address were registered as /32. */
export const slash32NodeAddress = defineFault({
  name: "slash-32-node-address",
  title: "one node is registered with a /32: it takes its own rack for another subnet",
  describes: "#3003, #4254, #2375, projectcalico/node#563",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "registered-prefix",
  apply: async (network, _plan, scope = new Scope()) => {
    const did: string[] = [];
    for (const peer of nearPeers(network)) {
      did.push(await replaceRoute(culprit(network), peer.block, tunnelRoute(network, peer), scope));
    }
    return { did };
  },
  follows: ["symmetry", "source-address", "sentinel"],
  trips: [
    {
      check: "not-encapsulated",
      status: "fail",
      path: "*/pod-to-pod/same-subnet/*",
      category: "needless encapsulation",
    },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
