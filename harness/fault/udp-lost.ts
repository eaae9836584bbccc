import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { everyActor } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** Every node drops the datagrams of its pods: names are not resolved, while pings and TCP pass. */
export const udpLost = defineFault({
  name: "udp-lost",
  title: "UDP between pods is dropped, and everything else passes",
  describes: "canonical/microk8s#3519",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(everyActor(network), "forward", ["meta l4proto udp drop"], scope),
  }),
  cause: "packet-filter",
  follows: ["conservation"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" },
    { check: "flows", status: "inconclusive", path: "*/pod-to-pod/same-subnet/*" },
    { check: "sizes", status: "inconclusive", path: "*/pod-to-pod/same-subnet/*" },
    { check: "path-mtu", status: "inconclusive", path: "*/pod-to-pod/same-subnet/*" },
  ],
});
