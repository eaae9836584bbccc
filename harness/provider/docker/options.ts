import { pick } from "../../core/flags.ts";
import type { ProviderOffer } from "../offer.ts";
import { sharedFlags } from "../shared-flags.ts";
import { createDockerProvider } from "./index.ts";

const flags = { agentImage: sharedFlags.agentImage };

/** Labs of Docker containers, whose image has every tool on board. */
export const dockerOffer: ProviderOffer = {
  name: "docker",
  group: "lab",
  flags,
  auto: true,
  make: (given, context) => createDockerProvider({ ...context, ...pick(flags, given) }),
};
