import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { forgetNeighbors } from "./forget-neighbors.ts";

/** The devices of the culprit's pods neither ask nor answer ARP: who asks for the gateway hears nothing. */
export const arpOff = defineFault({
  name: "arp-off",
  title: "the devices of one node's pods do not speak ARP",
  describes: "no known report: a device that was made anew, or changed by hand (ip link set … arp off)",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 pods find their node by neighbor discovery"),
  cause: "link-state",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const devices = network.identities.pods
      .filter(({ node }) => node === from.name)
      .map(({ hostDevice }) => hostDevice);
    const set = (value: "on" | "off"): readonly string[] =>
      devices.map((device) => `ip link set dev ${device} arp ${value}`);
    const did = [await changeNode(from, set("off"), set("on"), scope)];
    await forgetNeighbors(network, from.name);
    return { did };
  },
  follows: ["conservation"],
  trips: [
    { check: "neighbors", status: "fail", path: "*/neighbors/*", category: "control plane" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
  ],
});
