import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** The culprit itself answers no ping, as hardening guides ask for; all else goes on. */
export const nodeIgnoresPings = defineFault({
  name: "node-ignores-pings",
  title: "one node answers no ping",
  describes: "no known report: net.ipv4.icmp_echo_ignore_all, from a hardening guide",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 has another setting for it"),
  cause: "odd-setting",
  apply: async (network, _plan, scope = new Scope()) => {
    const set = (value: number): readonly string[] => [`echo ${value} >/proc/sys/net/ipv4/icmp_echo_ignore_all`];
    return { did: [await changeNode(culprit(network), set(1), set(0), scope)] };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*-to-host/*", category: "not reached" }],
});
