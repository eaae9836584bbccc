import { Scope } from "../core/scope.ts";
import { wireguardPort } from "../encap/wireguard.ts";
import { addRulesToAll } from "./add-rules.ts";
import { faultFamily, routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { withoutWireguard } from "./without-wireguard.ts";

/** A firewall between the racks knows the tunnels' ports, and not WireGuard's. */
export const drop51820AtRouter = defineFault({
  name: "drop-51820-at-router",
  title: "the router drops WireGuard's UDP port",
  describes: "#6752, and the ports that Calico's requirements list",
  modes: ["vxlan-cross-subnet", "none"],
  needs: ["cross-subnet"],
  topology: "wireguard",
  unmet: withoutWireguard,
  cause: "packet-filter",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(
      routersOf(network),
      "forward",
      [`udp dport ${wireguardPort(faultFamily(network))} counter drop`],
      scope,
    ),
  }),
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
