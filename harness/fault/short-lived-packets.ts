import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** A pod's packets may pass one router: the pod's own node. The next throws them away, and counts. */
export const shortLivedPackets = defineFault({
  name: "short-lived-packets",
  title: "a pod sends with a TTL that ends at the other node",
  describes: "no known report: net.ipv4.ip_default_ttl set in a pod, as a way to hide tethering or to stay on a node",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 has a hop limit for each device"),
  cause: "kernel-count",
  apply: async (network, _plan, scope = new Scope()) => {
    const { name } = culprit(network);
    const pods = network.pods.filter(({ node }) => node === name);
    if (pods.length === 0) throw new LabError(`${name} has no pod for this fault`);
    const set = (value: number): readonly string[] => [`echo ${value} >/proc/sys/net/ipv4/ip_default_ttl`];
    const did = await Promise.all(pods.map((pod) => changeNode(pod, set(2), set(64), scope)));
    return { did };
  },
  follows: ["conservation", "flows", "sizes", "mtu", "path-mtu", "symmetry", "no-leak", "sentinel"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" }],
});
