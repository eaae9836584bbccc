import { ofPlaces } from "./of-places.ts";

/** A machine's device carries less, or more, than the others of its segment. */
export const narrowLink = ofPlaces({
  name: "narrow-link",
  issues: ["calicoctl#415", "felix#756"],
  what: "segment",
  fixes: {
    link: "give it the MTU that the others of the segment have (ip link set DEVICE mtu N, DHCP, the network's configuration); Felix takes the smallest of a node for its pods (FelixConfiguration mtu)",
  },
});
