import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { defineFault } from "./fault.ts";
import { hearStandby, sharedGateways, takeOver, withoutStandby } from "./standby-pair.ts";

/** The standby router has taken over the gateway's address, and passes nothing on. */
export const standbyDrops = defineFault({
  name: "standby-drops",
  title: "the standby router took over the gateway's address, and drops what it gets",
  describes: "no known report: a failover to a router whose rules nobody tried",
  modes: modes.flatMap(({ id, encapsulation }) => (encapsulation === "none" ? [] : [id])),
  needs: ["cross-subnet"],
  topology: "standby-router",
  unmet: withoutStandby,
  cause: "gateway-holder",
  apply: async (network, plan, scope = new Scope()) => {
    const pairs = sharedGateways(plan);
    const standbys = network.lab.routers.filter(({ name }) => pairs.some(({ standby }) => standby.name === name));
    const segments = pairs.map(({ segment }) => segment);
    return {
      did: [
        ...(await addRulesToAll(standbys, "forward", ["counter drop"], scope)),
        ...(await takeOver(network, false, scope)),
        ...(await hearStandby(network, segments, scope)),
      ],
    };
  },
  follows: ["conservation", "no-leak", "neighbors", "next-hop-mac", "encapsulated", "sentinel"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
