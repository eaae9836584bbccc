import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A policy that selects the neighbor's pods and allows nobody: Felix ends a packet that none of its policies passed, and counts it. */
export const defaultDeny = defineFault({
  name: "default-deny",
  title: "a default-deny policy selects the pods of one node",
  describes: "a GlobalNetworkPolicy without rules (Calico's documentation, default-deny)",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "calico-policy",
  apply: async (network, _plan, scope = new Scope()) => {
    // As felix/rules/endpoints.go writes them: a chain to each workload, and at its end this rule.
    const chain = 'chain cali-tw-pods { counter drop comment "Drop if no policies passed packet"; }';
    return {
      did: await addRulesToAll([nearPeer(network)], "forward", ['oifname "cali*" jump cali-tw-pods'], scope, {
        sets: [chain],
      }),
    };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" }],
});
