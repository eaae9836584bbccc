import { ofTroubles } from "./of-troubles.ts";

/** A device of a node's own, an uplink or a pod's, is down, has lost its address, speaks no ARP, or is part of a bridge. */
export const linkState = ofTroubles({
  name: "link-state",
  issues: [],
  fix: "put the device back as it was (ip link set DEVICE up, arp on, nomaster; ip addr add), and see who changed it",
  chosen: ({ kind }) => kind === "link",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
