import { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { vniOf } from "../encap/tunnel.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, farPeer, everyActor } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** Port of VXLAN before it had one of its own: Linux's default, and Flannel's. */
const oldPort = 8472;

/** Addresses that no lab has (RFC 5737, RFC 3849): the way into the second tunnel. */
const nowhere = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;

/** The culprit sends a copy of all that goes to another rack to a third node, in a VXLAN of its own. */
export const mirroredTunnel = defineFault({
  name: "mirrored-tunnel",
  title: `a copy of what pods send to another rack goes to a third node, in VXLAN on port ${oldPort}`,
  describes: "no known report: a mirror port, or the tunnel of a CNI that was there before",
  modes: ["vxlan-cross-subnet", "vxlan-always", "none", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const to = farPeer(network);
    const third = everyActor(network).findLast(({ name }) => name !== from.name && name !== to.name);
    if (third === undefined) throw new LabError("the topology has no third node that a copy could go to");
    const family = familyWord(network);
    const gateway = nowhere[family === "ip" ? 4 : 6];
    const device = "vxcopy";
    const ip = family === "ip" ? "ip" : "ip -6";
    const did = await changeNode(
      from,
      [
        `ip link add ${device} type vxlan id ${vniOf(network.lab.plan)} local ${from.address} remote ${third.address} dstport ${oldPort} dev ${from.identity.uplink} nolearning`,
        `ip link set ${device} up`,
        `${ip} route add ${gateway} dev ${device}`,
        `${ip} neigh replace ${gateway} lladdr 66:00:00:00:00:99 dev ${device} nud permanent`,
      ],
      [`ip link del ${device}`],
      scope,
    );
    const rule = `${family} saddr ${from.block} ${family} daddr ${to.block} dup to ${gateway} device "${device}"`;
    return { did: [did, ...(await addRulesToAll([from], "prerouting", [rule], scope, { family }))] };
  },
  cause: "duplicated-packets",
  follows: ["no-leak", "outer-endpoints", "conservation"],
  trips: [{ check: "sentinel", status: "fail", path: "*/sentinel/*", category: "leak" }],
});
