import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { ofTroubles } from "./of-troubles.ts";
import { isTunnelDevice } from "./tunnel-words.ts";

/** A node takes its own rack for another subnet: Calico knows it with a prefix that leaves its neighbors out. */
export const registeredPrefix = ofTroubles({
  name: "registered-prefix",
  issues: ["#3003", "#4254", "#2375", "projectcalico/node#563"],
  fix: "register the node with its interface's own prefix (IP_AUTODETECTION_METHOD, or spec.bgp.ipv4Address of its Node)",
  chosen: (trouble, node) => trouble.kind === "registration" || (tunnelsToWholeRack(node) && isIntoTunnel(trouble)),
  sentence: (node, troubles) => {
    const registered = troubles.find(({ kind }) => kind === "registration")?.what;
    const peers = [...new Set(troubles.flatMap(({ peer }) => peer ?? []))].join(" and ") || "its rack";
    return registered === undefined
      ? `${node} sends to all of its own subnet (${peers}) through the tunnel, as a node does that is registered with a /32`
      : `${node} is registered as ${registered}, so Calico takes ${peers} for another subnet`;
  },
});

/** Every plain route that the node must have leads into the tunnel instead; with one neighbor a single stale route looks the same. */
function tunnelsToWholeRack({ expected, troubles }: NodeJudgment): boolean {
  const plain = expected.routes.filter(({ peer, device }) => peer !== undefined && !isTunnelDevice(device));
  return plain.length > 0 && troubles.filter(isIntoTunnel).length === plain.length;
}

/** A route to a peer that must be plain leads into the tunnel; the node's own block does so where the tunnel's address has its prefix. */
function isIntoTunnel({ kind, route, expected, peer }: Trouble): boolean {
  return (
    kind === "wrong route" && peer !== undefined && isTunnelDevice(route?.device) && !isTunnelDevice(expected?.device)
  );
}
