import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Somebody has changed routes in a pod, as VPN clients and init containers do. */
export const podWithoutRoute = defineFault({
  name: "pod-without-route",
  title: "a pod has lost its default route",
  describes: "no known report: a sidecar or VPN client that rewrites the pod's routes",
  modes: modes.map(({ id }) => id),
  needs: [],
  cause: "pod-state",
  apply: async (network, _plan, scope = new Scope()) => {
    const { name } = culprit(network);
    const pod = network.pods.find(({ node }) => node === name);
    if (pod === undefined) throw new LabError(`${name} has no pod for this fault`);
    const ip = faultFamily(network) === 4 ? "ip" : "ip -6";
    const route = (await pod.executor.run(["sh", "-c", `${ip} route show default`])).stdout.trim();
    return { did: [await changeNode(pod, [`${ip} route del default`], [`${ip} route add ${route}`], scope)] };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" }],
});
