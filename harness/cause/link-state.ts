import { ofTroubles } from "./of-troubles.ts";

/** A device of a node's own, an uplink or a pod's, is not a plain device that speaks ARP. */
export const linkState = ofTroubles({
  name: "link-state",
  issues: [],
  fix: "put the device back: ip link set DEVICE arp on, ip link set DEVICE nomaster; and see who changed it",
  chosen: ({ kind }) => kind === "link",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
