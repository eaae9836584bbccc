import { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The culprit's pods lose answers that had arrived at their own device: the network is right, and ping's count is not. */
export const clientLosesAnswers = defineFault({
  name: "client-loses-answers",
  title: "pods drop every second answer to their pings after it has arrived",
  describes: "the harness's own: what a tool counts for itself is a doubt, not a finding",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const { name } = culprit(network);
    const pods = network.pods.filter(({ node }) => node === name);
    if (pods.length === 0) throw new LabError(`${name} has no pods`);
    // By number: pings of several paths go in step, and one of them would lose all of every second answer.
    const second = "sequence { 2, 4 } drop";
    const rules = [`icmp type echo-reply icmp ${second}`, `icmpv6 type echo-reply icmpv6 ${second}`];
    return { did: await addRulesToAll(pods, "input", rules, scope) };
  },
  cause: "none",
  trips: [{ check: "reached", status: "inconclusive", path: "*/pod-to-pod/*", category: "inconclusive" }],
});
