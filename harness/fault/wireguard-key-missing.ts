import { Scope } from "../core/scope.ts";
import { wireguardDevice, wireguardTable } from "../encap/wireguard.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { everyActor, faultFamily, farPeer, type Actor } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { ofUnencrypted } from "./of-unencrypted.ts";
import { withoutWireguard } from "./without-wireguard.ts";

/** A node publishes no key, say because its kernel has no such module: nobody encrypts to it, it encrypts to nobody, and all pings pass. */
export const wireguardKeyMissing = defineFault({
  name: "wireguard-key-missing",
  title: "one node takes no part in WireGuard, as without a key: the others reach it unencrypted, in silence",
  describes: "#3760",
  modes: ["vxlan-cross-subnet", "vxlan-always"],
  needs: ["cross-subnet"],
  topology: "wireguard",
  unmet: withoutWireguard,
  cause: "unencrypted",
  apply: async (network, _plan, scope = new Scope()) => {
    const keyless = farPeer(network);
    const others = everyActor(network).filter(
      ({ name, identity }) => name !== keyless.name && identity.encrypts === true,
    );
    const did = [];
    for (const actor of others) did.push(await forget(network, actor, keyless, scope));
    const family = faultFamily(network);
    const table = wireguardTable(family);
    const file = `/run/encaplab-routes-${family}`;
    const ip = `ip -${family}`;
    did.push(
      await changeNode(
        keyless,
        [`${ip} route show table ${table} > ${file}`, `${ip} route flush table ${table}`],
        [`while read -r route; do ${ip} route add $route table ${table}; done < ${file}`, `rm ${file}`],
        scope,
      ),
    );
    return { did };
  },
  follows: ofUnencrypted,
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "encapsulated", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "leak" },
  ],
});

/** Takes the route to a node's block out of the way into WireGuard, as Felix does for peers without a key. */
function forget(network: Network, actor: Actor, keyless: Actor, scope: Scope): Promise<string> {
  const family = faultFamily(network);
  const table = wireguardTable(family);
  const route = `ip -${family} route replace`;
  return changeNode(
    actor,
    [`${route} throw ${keyless.block} proto 80 table ${table}`],
    [
      `ip -${family} route del throw ${keyless.block} table ${table}`,
      `${route} ${keyless.block} dev ${wireguardDevice(family)} proto 80 table ${table}`,
    ],
    scope,
  );
}
