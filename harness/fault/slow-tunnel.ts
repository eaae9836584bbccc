import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { qdiscWords } from "../topology/link-shape.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/**
 * Mbit/s that the node sends, and that its tunnel gets of it: 30 % less. Both far below what a link of today carries, so that nothing
 * but the shaper decides; qdiscs count the bytes of Ethernet frames.
 */
export const slowTunnelRates = { everything: 400, tunnel: 280 } as const;

/** Nothing is wrong on the wire but the rate: only a gate on what encapsulation costs turns red. */
export const slowTunnel = defineFault({
  name: "slow-tunnel",
  title: "a node sends what is encapsulated at 70 % of the rate of all else",
  describes: "#11435, #9645 (offloads that fail for encapsulated packets cut their throughput)",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  closes: ["*/cross-subnet/throughput=15%"],
  apply: async (network, plan, scope = new Scope()) => {
    const node = culprit(network);
    const device = node.identity.uplink;
    const match = network.mode.encapsulation === "ipip" ? "ip protocol 4 0xff" : `ip dport ${vxlanPort} 0xffff`;
    const shaped = (id: string, mbit: number): string =>
      `tc class add dev ${device} parent 1: classid 1:${id} htb rate ${mbit}mbit burst 64k`;
    const commands = [
      `tc qdisc replace dev ${device} root handle 1: htb default 10`,
      shaped("10", slowTunnelRates.everything),
      shaped("20", slowTunnelRates.tunnel),
      `tc filter add dev ${device} parent 1: protocol ip u32 match ${match} flowid 1:20`,
    ];
    const { link } = plan.nodes.find(({ name }) => name === node.name)?.uplink ?? {};
    const before = link === undefined ? [] : [`tc qdisc add dev ${device} root ${qdiscWords(link)}`];
    return { did: [await changeNode(node, commands, [`tc qdisc del dev ${device} root`, ...before], scope)] };
  },
  cause: "none",
  trips: [{ check: "max-cost", status: "fail", path: "*/cost/cross-subnet/*", category: "too costly" }],
});
