import { ofTroubles } from "./of-troubles.ts";

/** A node's neighbor table names another machine's MAC for the next hop: an entry made by hand, or somebody else who answers ARP. */
export const wrongNextHop = ofTroubles({
  name: "wrong-next-hop",
  issues: ["#9693"],
  fix: "ip neigh del ADDRESS dev UPLINK there; if it comes back, find who else answers ARP for the address (arping -D)",
  chosen: ({ kind }) => kind === "next hop",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
