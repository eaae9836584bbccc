import { Scope } from "../core/scope.ts";
import { faultFamily, routersOf } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The router between the racks has lost the setting that makes it one. */
export const routerForwardingOff = defineFault({
  name: "router-forwarding-off",
  title: "the router does not forward packets",
  describes: "no known report: a router that was upgraded, or whose sysctl files were read too early",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "router-state",
  apply: async (network, _plan, scope = new Scope()) => {
    const name = faultFamily(network) === 4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
    const set = (value: number): readonly string[] => [`sysctl -qw ${name}=${value}`];
    return { did: await Promise.all(routersOf(network).map((router) => changeNode(router, set(0), set(1), scope))) };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
