import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { defineFault } from "./fault.ts";
import { hearStandby, sharedGateways, takeOver, withoutStandby } from "./standby-pair.ts";

/** Both routers hold the gateway's address: one rack has heard the second last, and sends by another router than its answers come by. */
export const bothRoutersActive = defineFault({
  name: "both-routers-active",
  title: "both routers hold the gateway's address, and one rack sends by the one that must stand by",
  describes: "no known report: VRRP advertisements that are lost between two routers",
  modes: modes.flatMap(({ id, encapsulation }) => (encapsulation === "none" ? [] : [id])),
  needs: ["cross-subnet"],
  topology: "standby-router",
  unmet: withoutStandby,
  cause: "gateway-holder",
  apply: async (network, plan, scope = new Scope()) => {
    const [first] = sharedGateways(plan).map(({ segment }) => segment);
    return {
      did: [
        ...(await takeOver(network, true, scope)),
        ...(await hearStandby(network, first === undefined ? [] : [first], scope)),
      ],
    };
  },
  follows: [
    "conservation",
    "neighbors",
    "control-plane",
    "steady",
    "next-hop-mac",
    "encapsulated",
    "not-encapsulated",
    "symmetry",
    "reached",
    "outer-header",
  ],
  trips: [{ check: "no-leak", status: "fail", path: "*/pod-to-pod/cross-subnet/*" }],
});
