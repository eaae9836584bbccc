import { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { withoutPrefix } from "../topology/address.ts";
import { culprit, farPeer, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** The culprit sends packets for another rack's pods to the router as they are. */
export const plainLeak = defineFault({
  name: "plain-leak",
  title: "pod packets for another rack leave unencapsulated, toward the router",
  describes: "projectcalico/felix#2953, #9403, #7706",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "wrong-route",
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const family = faultFamily(network);
    const segment = plan.nodes.find(({ name }) => name === from.name)?.uplink.segment;
    const port = plan.routers.flatMap(({ ports }) => ports).find((candidate) => candidate.segment === segment);
    const router = port?.addresses[family];
    if (router === undefined) throw new LabError(`${from.name} has no router to leak to`);
    const route = `via ${withoutPrefix(router)} dev ${from.identity.uplink}`;
    return { did: [await replaceRoute(from, farPeer(network).block, route, scope)] };
  },
  follows: ["reached", "conservation", "symmetry", "sentinel"],
  trips: [
    { check: "encapsulated", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "leak" },
    { check: "no-leak", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "leak" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
