import { nextHopMac } from "./next-hop-mac.ts";
import { sentinel } from "./sentinel.ts";

/** Questions to what the taps between nodes hear over the whole of a run: they are asked once all is over. */
export const heardChecks = [sentinel, nextHopMac] as const;
