import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** Bytes of IP packet above which the far node loses TCP; pings and small answers are less. */
const large = 600;

/** The far node loses some of the large TCP segments to its pods: pings pass, and flows end, after repetitions. */
export const largeSegmentsLost = defineFault({
  name: "large-segments-lost",
  title: `every sixth TCP segment larger than ${large} bytes is lost`,
  describes: "#9511, #2141",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    // By a counter and not by chance, so that a short flow shows it too.
    const rule = `oifname "cali*" meta l4proto tcp meta length > ${large} numgen inc mod 6 == 0 drop`;
    return { did: await addRulesToAll([farPeer(network)], "forward", [rule], scope) };
  },
  cause: "packet-filter",
  trips: [{ check: "conservation", status: "fail", path: "*/cross-subnet/*", category: "lost on the way" }],
});
