import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A node writes a class of its own into all that its pods send: forms, ways and addresses stay right. */
export const markedPods = defineFault({
  name: "marked-pods",
  title: "a node gives its pods' packets another DSCP",
  describes: "no known report: a rule that sorts pods into a class of service",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  apply: async (network, _plan, scope = new Scope()) => {
    const ip = faultFamily(network) === 4 ? "ip" : "ip6";
    const on = culprit(network);
    return { did: await addRulesToAll([on], "forward", [`${ip} saddr ${on.block} ${ip} dscp set cs1`], scope) };
  },
  cause: "header-rewritten",
  trips: [{ check: "conservation", status: "fail", path: "*/pod-to-pod/*", category: "changed on the way" }],
});
