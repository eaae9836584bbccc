import { modes } from "../encap/mode.ts";
import { defineFault } from "./fault.ts";
import { changeTag, withoutVlan } from "./vlan-uplink.ts";

/** A node's frames leave without the tag of its VLAN, as where its port's native VLAN is the one that must be tagged. */
export const untaggedUplink = defineFault({
  name: "untagged-uplink",
  title: "what one node sends leaves without the tag of its rack's VLAN",
  describes: "no known report: a native VLAN at a switch port where a tagged one is due",
  modes: modes.map(({ id }) => id),
  needs: [],
  topology: "vlan-uplinks",
  unmet: withoutVlan,
  cause: "vlan-tag",
  apply: (network, plan, scope) => changeTag(network, plan, () => "pop", scope),
  // Linux takes packets for its own address from any interface, so a node answers untagged ones that no tap of the VLAN saw.
  follows: ["reached", "conservation", "answered-by", "neighbors", "control-plane"],
  trips: [{ check: "sentinel", status: "fail", path: "*/sentinel/*", category: "leak" }],
});
