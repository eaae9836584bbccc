import type { Encapsulation } from "../encap/mode.ts";
import { isEncrypted } from "../encap/wireguard.ts";
import { firewallTable } from "../lab/raise-firewalls.ts";
import type { Pass } from "../topology/topology.ts";
import { listOf } from "../verify/words.ts";
import type { Rule } from "./cause.ts";
import { ofFilters } from "./of-filters.ts";

/** What stands for a tunnel in a firewall's list, and what it is called there. */
const needed: Readonly<Partial<Record<Encapsulation | "wireguard", readonly [Pass, string]>>> = {
  vxlan: ["udp/4789", "VXLAN: UDP port 4789"],
  wireguard: ["udp/51820", "WireGuard: UDP port 51820"],
  ipip: ["ip/4", "IPIP: IP protocol 4, which is neither TCP nor UDP"],
};

const base = ofFilters({
  name: "firewall-list",
  issues: ["#2700", "#1073", "#2128", "calicoctl#949"],
  fix: "put what the nodes' tunnels need on the firewall's list",
  chosen: ({ where }) => where.includes(firewallTable),
  sentence: (nodes, drop) =>
    `${listOf(nodes)} ${nodes.length === 1 ? "is a firewall that passes" : "are firewalls that pass"} on only what is on its list: ${drop}`,
});

/** A firewall between racks whose list leaves out what the nodes' tunnels travel by. */
export const firewallList: Rule = {
  ...base,
  find: (incident) => {
    const { encapsulation } = incident.network.mode;
    const form = isEncrypted(incident.network.plan) ? "wireguard" : encapsulation;
    const [pass, words] = (form === "by pool" ? undefined : needed[form]) ?? [];
    if (pass === undefined || words === undefined) return base.find(incident);
    return base.find(incident).map((cause) => ({
      ...cause,
      sentence: cause.sentence.replace(" is on its list", ` is on its list, which lacks ${pass}`),
      fix: `let ${words} pass there, in both directions`,
    }));
  },
};
