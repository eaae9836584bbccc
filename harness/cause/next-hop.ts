import { ofPlaces } from "./of-places.ts";
import { unanswered } from "./unanswered.ts";

/** Frames go to a MAC that their next hop does not have, or nobody answers who asks for it. */
export const nextHop = ofPlaces({
  name: "next-hop",
  issues: ["#9693", "#7706"],
  what: "segment",
  because: unanswered,
  fixes: {
    neighbor:
      "remove a wrong entry there (ip neigh del), and see that the next hop is up, has that address, and answers ARP and neighbor discovery (arp_ignore, arp off, filters, the switch between)",
  },
});
