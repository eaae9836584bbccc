import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The culprit's kernel cannot be asked: what nobody read is neither right nor absent. */
export const blindNode = defineFault({
  name: "blind-node",
  title: "the kernel state of one node cannot be read",
  describes: "the harness's own: what cannot be read must never pass for absent, nor for right",
  modes: modes.map(({ id }) => id),
  needs: [],
  apply: (network) => Promise.resolve({ did: [], blind: [culprit(network).name] }),
  cause: "none",
  trips: [
    { check: "control-plane", status: "inconclusive", path: "*/control-plane/*", category: "inconclusive" },
    { check: "neighbors", status: "inconclusive", path: "*/neighbors/*", category: "inconclusive" },
    { check: "connection-tracking", status: "inconclusive", path: "*/connection-tracking/*" },
    { check: "interface-errors", status: "inconclusive", path: "*/interface-errors/*" },
    { check: "steady", status: "inconclusive", path: "*/steady/*", category: "inconclusive" },
  ],
});
