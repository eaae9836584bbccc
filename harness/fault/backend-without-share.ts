import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { chooseAmong, noSharedService, sharedBackends } from "./shared-rule.ts";

/** One node sends no connection to one of several backends: everything is answered, by the others. */
export const backendWithoutShare = defineFault({
  name: "backend-without-share",
  title: "one node sends no connection to one of several backends of a Service",
  describes: "kube-proxy that has not heard of a new endpoint; an endpoint that is never ready",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: noSharedService,
  topology: "shared-service",
  cause: "left-out-backend",
  apply: async (network, _plan, scope = new Scope()) => {
    const others = sharedBackends(network, faultFamily(network)).slice(0, -1);
    return { did: await chooseAmong(network, culprit(network), others, scope) };
  },
  // Nothing came of which anything else could be told.
  trips: [{ check: "shares", status: "fail", path: "*/pod-to-service/*", category: "unequal shares" }],
});
