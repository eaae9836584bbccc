import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { everyActor } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { withoutDelay } from "./without-delay.ts";

/** Every node drops the pings of its pods, so that nobody can tell how long packets are on their way. */
export const pingsLost = defineFault({
  name: "pings-lost",
  title: "pings between pods are dropped where links hold packets back, and everything else passes",
  describes: "no known report: a firewall that lets no ICMP pass",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: withoutDelay,
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(
      everyActor(network),
      "forward",
      ["icmp type { echo-request, echo-reply } drop", "icmpv6 type { echo-request, echo-reply } drop"],
      scope,
    ),
  }),
  cause: "packet-filter",
  follows: ["conservation"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
    { check: "delay", status: "inconclusive", path: "*/pod-to-pod/*" },
  ],
});
