import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit, faultFamily, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** A MAC that no machine of a lab has. */
const nobodys = "02:00:00:00:ff:99";

/** A table of its own on the device, behind everything that the node itself decides. */
const table = "netdev encaplab-fault";

/** Frames to the neighbor bear somebody else's MAC as their source: all arrives, and the switch learns a machine that is not there. */
export const foreignSourceMac = defineFault({
  name: "foreign-source-mac",
  title: "one node sends to another of its rack from a MAC that nobody has",
  describes:
    "#7706 (whose MAC a frame bears), #9693 (which of two MACs): frames that arrive, and that a switch with port security drops",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "foreign-mac",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const near = nearPeer(network);
    const word = faultFamily(network) === 4 ? "ip" : "ip6";
    const hook = `type filter hook egress device "${from.identity.uplink}" priority 0`;
    const rule = `${word} daddr { ${near.address}, ${near.block} } ether saddr set ${nobodys}`;
    const commands = [`nft 'table ${table} { chain fault { ${hook}; ${rule}; }; }'`];
    return { did: [await changeNode(from, commands, [`nft delete table ${table}`], scope)] };
  },
  trips: [{ check: "next-hop-mac", status: "fail", path: "*/next-hop-mac/*", category: "wrong next hop" }],
});
