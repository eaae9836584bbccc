import { Scope } from "../core/scope.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import { addRulesToAll } from "./add-rules.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/**
 * Hosts' own connections to services go into the tunnel with the uplink's address, which the kernel chose before DNAT. Source NAT to the address that is there already is a decision too: it keeps the dataplane's rule from being asked.
 */
export const noTunnelMasquerade = defineFault({
  name: "no-tunnel-masquerade",
  title: "hosts enter the tunnel with their uplink's address instead of the tunnel's",
  describes: "kubespray#524, felix#1338, calicoctl#426",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const device = tunnelDevice(network.mode, faultFamily(network)) ?? "";
    const did = everyActor(network).map(async (actor) => {
      const rule = `oifname "${device}" ${familyWord(network)} saddr ${actor.address} snat to ${actor.address}`;
      return addRulesToAll([actor], "nat-postrouting", [rule], scope);
    });
    return { did: (await Promise.all(did)).flat() };
  },
  cause: "tunnel-masquerade",
  follows: ["encapsulated", "no-leak", "symmetry"],
  trips: [
    {
      check: "source-address",
      status: "fail",
      path: "*/host-to-clusterip/cross-subnet/*",
      category: "wrong source address",
    },
  ],
});
