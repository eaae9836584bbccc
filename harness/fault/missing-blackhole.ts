import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** Packets to unused addresses of the culprit's block would leave it again: nothing on the wire of a probe shows it. */
export const missingBlackhole = defineFault({
  name: "missing-blackhole",
  title: "one node lacks the blackhole route of its own block",
  describes: "#3672, felix#2547 (routes missing after restart or toggling)",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  cause: "wrong-route",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    return { did: [await replaceRoute(from, from.block, undefined, scope)] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
