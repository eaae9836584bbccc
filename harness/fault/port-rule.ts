import { Scope } from "../core/scope.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { culprit, faultFamily, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Number of the rule and of its table; neither is the kernel's or Calico's. */
const table = 600;

/** A rule that chooses by port hands the culprit's tunnel packets to a neighbor, which forwards them: all arrive, by way of one node more. */
export const portRule = defineFault({
  name: "port-rule",
  title: "a rule leads one node's tunnel packets through another node of its rack",
  describes: "#9293 (policy routing by port or mark)",
  modes: ["vxlan-cross-subnet", "vxlan-always"],
  needs: ["cross-subnet", "same-subnet"],
  cause: "selective-rule",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const ip = faultFamily(network) === 6 ? "ip -6" : "ip";
    const rule = `pref ${table} ipproto udp dport ${vxlanPort} lookup ${table}`;
    const commands = [
      `${ip} route add default via ${nearPeer(network).address} dev ${from.identity.uplink} table ${table}`,
      `${ip} rule add ${rule}`,
    ];
    const undo = [`${ip} rule del ${rule}`, `${ip} route flush table ${table}`];
    return { did: [await changeNode(from, commands, undo, scope)] };
  },
  follows: ["sentinel", "next-hop-mac", "sizes", "conservation", "path-mtu"],
  trips: [
    { check: "no-leak", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "leak" },
    { check: "outer-header", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer header" },
  ],
});
