import { modes } from "../encap/mode.ts";
import { defineFault } from "./fault.ts";
import { changeTag, withoutVlan } from "./vlan-uplink.ts";

/** A node's frames get the tag of another VLAN: nothing that it sends gets through its switch, and what others send arrives. */
export const wrongVlanTag = defineFault({
  name: "wrong-vlan-tag",
  title: "what one node sends has the tag of another VLAN than its rack's",
  describes: "no known report: a port group, or a bond's VLAN, that is set to another number",
  modes: modes.map(({ id }) => id),
  needs: [],
  topology: "vlan-uplinks",
  unmet: withoutVlan,
  cause: "vlan-tag",
  apply: (network, plan, scope) => changeTag(network, plan, ({ id }) => `modify id ${id === 4094 ? 1 : id + 1}`, scope),
  follows: ["reached", "conservation", "neighbors", "control-plane"],
  trips: [{ check: "sentinel", status: "fail", path: "*/sentinel/*", category: "leak" }],
});
