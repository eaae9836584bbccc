import { ofTroubles } from "./of-troubles.ts";

/** Where a VTEP sends encapsulated packets is wrong or missing. */
export const tunnelEntries = ofTroubles({
  name: "tunnel-entries",
  issues: ["#7281", "#9450", "#8924"],
  fix: "restart calico-node there: Felix writes FDB and neighbor entries of all VTEPs again",
  chosen: ({ kind }) => kind === "FDB" || kind === "neighbor",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
