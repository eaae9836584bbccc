import { ofVerdicts } from "./of-verdicts.ts";

/** Frames bear another's MAC than those of their last and next hop, and no table of neighbors says why. */
export const foreignMac = ofVerdicts({
  name: "foreign-mac",
  issues: ["#7706", "#9693"],
  fix: "find who has that MAC (bridge fdb show, the switch's table of addresses) and who gave it to the frames: ip neigh and nft list ruleset (netdev, ether saddr set) on the sender, others who answer ARP for the address (arping -D), proxy_arp",
  check: "next-hop-mac",
  rewrites: /\bether [sd]addr set /,
  sentence: (finding) => `frames between nodes bear another's MAC: ${finding}`,
});
