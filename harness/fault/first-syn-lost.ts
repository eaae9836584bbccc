import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyType, familyWord } from "./pool-set.ts";

/** The far node loses the packet that opens each TCP connection to its pods; the one that is sent a second later passes. */
export const firstSynLost = defineFault({
  name: "first-syn-lost",
  title: "the first packet of each TCP connection is lost, so that each takes a second longer",
  describes: "#8860",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const source = `${familyWord(network)} saddr . tcp sport`;
    const set = `set seen { type ${familyType(network)} . inet_service; flags dynamic; timeout 60s; }`;
    const rule = `oifname "cali*" tcp flags & (syn | ack) == syn ${source} != @seen add @seen { ${source} } drop`;
    return { did: await addRulesToAll([farPeer(network)], "forward", [rule], scope, { sets: [set] }) };
  },
  cause: "packet-filter",
  trips: [{ check: "conservation", status: "fail", path: "*/cross-subnet/*", category: "lost on the way" }],
});
