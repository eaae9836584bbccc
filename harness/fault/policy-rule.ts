import { Scope } from "../core/scope.ts";
import { culprit, farPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Number of the rule and of its table; neither is the kernel's or Calico's. */
const table = 500;

/** A rule of a second network card's set-up takes the culprit's pods past Calico's routes, to the router. */
export const policyRule = defineFault({
  name: "policy-rule",
  title: "a rule is evaluated before the main table and sends one node's pods to the router",
  describes: "#9293, #10750 (second NIC, policy routing)",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet", "vxlan-always", "ipip-always"],
  needs: ["cross-subnet"],
  cause: "policy-rule",
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const far = farPeer(network);
    const routes = plan.nodes.find(({ name }) => name === from.name)?.routes ?? [];
    const family = far.address.includes(":") ? 6 : 4;
    const via = routes.find((route) => route.family === family && route.destination === "default")?.via ?? "";
    const ip = family === 6 ? "ip -6" : "ip";
    const rule = `pref ${table} from ${from.block} lookup ${table}`;
    const commands = [
      `${ip} route add default via ${via} dev ${from.identity.uplink} table ${table}`,
      `${ip} rule add ${rule}`,
    ];
    return {
      did: [await changeNode(from, commands, [`${ip} rule del ${rule}`, `${ip} route flush table ${table}`], scope)],
    };
  },
  follows: ["neighbors", "no-leak", "reached", "conservation", "symmetry", "sentinel", "next-hop-mac"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "encapsulated", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "leak" },
  ],
});
