import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { noSharedService } from "./shared-rule.ts";

/** One of several backends answers nobody, and still gets its share of the connections. */
export const deadBackend = defineFault({
  name: "dead-backend",
  title: "one of several backends of a Service is dead",
  describes: "a pod that cannot answer and is still among the endpoints, for want of a readiness probe",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  unmet: noSharedService,
  topology: "shared-service",
  cause: "pod-state",
  apply: async (network, _plan, scope = new Scope()) => {
    const { identities, pods } = network;
    const name = identities.shared?.[0]?.backends.at(-1);
    const pod = pods.find((candidate) => candidate.name === name);
    if (pod === undefined) throw new LabError("there is no Service with several backends for this fault");
    const ip = faultFamily(network) === 4 ? "ip" : "ip -6";
    const route = (await pod.executor.run(["sh", "-c", `${ip} route show default`])).stdout.trim();
    return { did: [await changeNode(pod, [`${ip} route del default`], [`${ip} route add ${route}`], scope)] };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-service/cross-subnet/*", category: "not reached" }],
});
