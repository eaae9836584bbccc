import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit passes no packets on any more: somebody's sysctl file was applied after Felix had started. */
export const forwardingOff = defineFault({
  name: "forwarding-off",
  title: "one node does not forward packets",
  describes: "#2230 (a sysctl file that is applied late)",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "forwarding-off",
  apply: async (network, _plan, scope = new Scope()) => {
    const set = (value: number): string =>
      faultFamily(network) === 4
        ? `sysctl -qw net.ipv4.ip_forward=${value}`
        : `sysctl -qw net.ipv6.conf.all.forwarding=${value}`;
    return { did: [await changeNode(culprit(network), [set(0)], [set(1)], scope)] };
  },
  follows: ["neighbors", "conservation"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
  ],
});
