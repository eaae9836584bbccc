import { wireguardPriority } from "../encap/wireguard.ts";
import { Scope } from "../core/scope.ts";
import { culprit, faultFamily } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { ofUnencrypted } from "./of-unencrypted.ts";
import { withoutWireguard } from "./without-wireguard.ts";

/** Somebody cleans up rules, and packets no longer find the table that leads into WireGuard: they go as the pool's mode says. */
export const wireguardRuleMissing = defineFault({
  name: "wireguard-rule-missing",
  title: "one node has lost the rule that leads packets into WireGuard: they leave it unencrypted",
  describes: "#3760 (in silence), #9293 (rules of others)",
  modes: ["vxlan-cross-subnet", "vxlan-always"],
  needs: ["cross-subnet"],
  topology: "wireguard",
  unmet: withoutWireguard,
  cause: "unencrypted",
  apply: async (network, _plan, scope = new Scope()) => {
    const family = faultFamily(network);
    const file = `/run/encaplab-rule-${family}`;
    const rule = `ip -${family} rule`;
    const commands = [
      `${rule} show priority ${wireguardPriority} | sed 's/^[0-9]*://' > ${file}`,
      `${rule} del priority ${wireguardPriority}`,
    ];
    const undo = [`${rule} add $(cat ${file}) priority ${wireguardPriority}`, `rm ${file}`];
    return { did: [await changeNode(culprit(network), commands, undo, scope)] };
  },
  follows: ofUnencrypted,
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "encapsulated", status: "fail", path: "*/pod-to-pod/*", category: "leak" },
  ],
});
