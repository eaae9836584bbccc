import { ofTroubles } from "./of-troubles.ts";

/** Proxy ARP answers only for what the node has a route to, and pods ask for 169.254.1.1. */
export const noDefaultRoute = ofTroubles({
  name: "no-default-route",
  issues: ["#3270"],
  fix: "give the node a default route (or a route to 169.254.1.1)",
  chosen: ({ kind }) => kind === "no gateway",
  sentence: (node) =>
    `${node} has no default route, so it does not answer its pods' ARP for their gateway 169.254.1.1 (proxy_arp needs a route)`,
});
