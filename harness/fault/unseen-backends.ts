import { everybody } from "../lab/everybody.ts";
import { modes } from "../encap/mode.ts";
import { defineFault } from "./fault.ts";
import { noSharedService } from "./shared-rule.ts";

/** No capture sees to which backend connections go: that all are answered proves no shares. */
export const unseenBackends = defineFault({
  name: "unseen-backends",
  title: "none of the captures sees to which of several backends connections go",
  describes: "the harness's own: answers alone prove no shares",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: noSharedService,
  topology: "shared-service",
  apply: ({ lab }) => Promise.resolve({ did: [], deafen: everybody(lab).map(({ name }) => name) }),
  cause: "none",
  trips: [{ check: "shares", status: "inconclusive", path: "*/pod-to-service/*" }],
});
